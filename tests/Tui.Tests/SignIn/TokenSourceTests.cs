using Microsoft.Extensions.Time.Testing;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Tests.SignIn;

public sealed class TokenSourceTests : IAsyncLifetime, IDisposable
{
    private static readonly Uri Server = new("https://kd.example:8443/");
    private readonly TemporaryHome home = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpClient http = new();
    private ScriptedAuthority authority = null!;

    public async ValueTask InitializeAsync() => authority = await ScriptedAuthority.StartAsync();

    public ValueTask DisposeAsync() => authority.DisposeAsync();

    public void Dispose()
    {
        http.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task GetAccessToken_WhenItIsValidForMoreThanAMinute_IsTheRememberedOne()
    {
        SignIn(TimeSpan.FromSeconds(61));
        using var source = Source();
        Assert.Equal("access-0", await source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, authority.Issued);
    }

    [Fact]
    public async Task GetAccessToken_WhenItEnds_RenewsAndRemembersIt()
    {
        SignIn(TimeSpan.FromSeconds(60));
        using var source = Source();
        Assert.Equal("access-1", await source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        var remembered = home.Store.Load("default")!.For(Server)!;
        Assert.Equal(("access-1", "refresh-1", time.GetUtcNow().AddHours(1)), (remembered.AccessToken, remembered.RefreshToken, remembered.ExpiresAt));
    }

    [Fact]
    public async Task GetAccessToken_WhenManyAskInSeveralProcesses_RenewsOnce()
    {
        SignIn(TimeSpan.Zero);
        var sources = Enumerable.Range(0, 4).Select(_ => new TokenSource(home.Store, "default", Server, http, TimeProvider.System)).ToArray();
        var tokens = await Task.WhenAll(sources.SelectMany(source => Enumerable.Range(0, 5).Select(_ => source.GetAccessTokenAsync(TestContext.Current.CancellationToken))));
        Assert.All(tokens, token => Assert.Equal("access-1", token));
        Assert.Equal(1, authority.Issued);
        foreach (var source in sources)
            source.Dispose();
    }

    [Fact]
    public async Task GetAccessToken_WhenTheServerRefusedIt_RenewsIt()
    {
        SignIn(TimeSpan.FromHours(1));
        using var source = Source();
        source.Forget(await source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        Assert.Equal("access-1", await source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GetAccessToken_WhenTheAuthorityRefuses_IsNotSignedIn()
    {
        SignIn(TimeSpan.Zero, "used-before");
        using var source = Source();
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(ProblemCodes.NotSignedIn, refusal.Code);
        Assert.Contains("The refresh token was used.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAccessToken_WhenThereIsNoProfile_SaysWhere()
    {
        using var source = Source();
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(ProblemCodes.NotSignedIn, refusal.Code);
        Assert.Contains(home.Store.PathOf("default"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAccessToken_WhenTheAuthorityIsAway_IsUnreachableNotSignedOut()
    {
        SignIn(TimeSpan.Zero);
        await authority.DisposeAsync();
        using var source = Source();
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => source.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(ProblemException.ServerUnreachable, refusal.Code);
    }

    private TokenSource Source() => new(home.Store, "default", Server, http, time);

    private void SignIn(TimeSpan validFor, string refreshToken = "refresh-0") => home.Store.Save("default", new Profile().With(Server, new ServerSignIn
    {
        Authority = authority.Address,
        ClientId = "orleanskd",
        AccessToken = "access-0",
        ExpiresAt = time.GetUtcNow() + validFor,
        RefreshToken = refreshToken,
    }));
}
