using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Local.Processes;
using OrleansKd.SignIn.Tests.Infrastructure;
using OrleansKd.Testing.Azurite;
using OrleansKd.Testing.Processes;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace OrleansKd.SignIn.Tests;

/// <summary>A server and the sign-in that it trusts.</summary>
public sealed class ServerWithSignIn(AzuriteFixture azurite) : IAsyncLifetime
{
    private ProgramRun? silo;

    public Uri Address { get; } = new($"http://127.0.0.1:{SiloProgram.FreePort()}");

    public SignInServer SignIn { get; } = new("RefreshReuseLeeway=00:00:00", "PollInterval=00:00:01");

    public async ValueTask InitializeAsync()
    {
        var cluster = AzuriteFixture.NewTableName("signin");
        silo = SiloProgram.Start(
            azurite.ConnectionString, "--urls", Address.GetLeftPart(UriPartial.Authority), "--OrleansKd:Auth:Authority", SignIn.Address.GetLeftPart(UriPartial.Authority),
            "--OrleansKd:Silo:ClusterId", cluster, "--OrleansKd:Silo:ServiceId", cluster);
        await SignIn.StartAsync();
        using var http = new HttpClient();
        await SignInServer.UntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri(Address, Routes.Health), TestContext.Current.CancellationToken);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "a server that answers");
    }

    public async ValueTask DisposeAsync()
    {
        if (silo is not null)
            await silo.DisposeAsync();
        await SignIn.DisposeAsync();
    }
}

/// <summary><c>orleanskd</c>, a server and the sign-in, all as real processes.</summary>
public sealed class CommandLineTests(ServerWithSignIn servers) : IClassFixture<ServerWithSignIn>, IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("orleanskd-home-").FullName;
    private readonly SignInServer signIn = servers.SignIn;
    private readonly Uri server = servers.Address;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task SignIn_WhenAllowedInABrowser_LastsUntilSigningOut()
    {
        var email = SignIns.NewEmail();
        var before = await RunAsync("whoami");
        Assert.Equal(7, before.ExitCode);
        Assert.Contains("orleanskd sign-in", before.Error, StringComparison.Ordinal);

        await SignInAsync(email, "Ann Example");
        Assert.Contains($"Ann Example (no company) <{email}>", (await RunAsync("whoami")).Succeeded().Out, StringComparison.Ordinal);
        var remembered = new ProfileStore(home).Load("default")!.For(server)!;

        Assert.Contains("Signed out", (await RunAsync("sign-out")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Equal(7, (await RunAsync("whoami")).ExitCode);
        Assert.Equal(7, (await RunAsync("sign-out")).ExitCode);
        using var device = new Device(signIn.Address);
        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(remembered.RefreshToken!)));
        Assert.DoesNotContain(remembered.RefreshToken!, await File.ReadAllTextAsync(new ProfileStore(home).PathOf("default"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await SignInAsync(email, "Ann Example", server: null);
        (await RunAsync("whoami")).Succeeded();
    }

    [Fact]
    public async Task SignIn_WhenRefusedInTheBrowser_SaysSoAndKeepsNothing()
    {
        await using var run = Start("sign-in", "--server", server.GetLeftPart(UriPartial.Authority));
        var text = await run.WaitForAsync(text => System.Text.RegularExpressions.Regex.IsMatch(text, "^    [A-Z]{4}-[A-Z]{4}$", System.Text.RegularExpressions.RegexOptions.Multiline), "the code");
        Assert.Contains($"    {signIn.Address}device", text, StringComparison.Ordinal);
        var code = System.Text.RegularExpressions.Regex.Match(text, "[A-Z]{4}-[A-Z]{4}").Value;
        using var browser = new Browser(signIn.Address);
        await ConsentAsync(browser, code, SignIns.NewEmail(), "Ann Example", "deny");
        var result = await run.EndAsync();

        Assert.Equal(7, result.ExitCode);
        Assert.Contains("refused in the browser", result.Error, StringComparison.Ordinal);
        Assert.Null(new ProfileStore(home).Load("default"));
    }

    /// <summary>This authority takes a refresh token once only, without leeway: the profile's lock makes sure of it.</summary>
    [Fact]
    public async Task Renewal_WhenSeveralProcessesNeedItAtOnce_IsDoneOnceAndGoesOn()
    {
        await SignInAsync(SignIns.NewEmail(), "Ann Example");
        var store = new ProfileStore(home);
        for (var round = 0; round < 2; round++)
        {
            var profile = store.Load("default")!;
            var old = profile.For(server)!;
            store.Save("default", profile.With(server, old with { ExpiresAt = DateTimeOffset.UnixEpoch }));
            var results = await Task.WhenAll(RunAsync("whoami"), RunAsync("whoami"), RunAsync("whoami"));

            Assert.All(results, result => result.Succeeded());
            Assert.NotEqual(old.RefreshToken, store.Load("default")!.For(server)!.RefreshToken);
        }
    }

    [Fact]
    public async Task SignOut_WhenTheAuthorityIsAway_ForgetsItAndSaysWhatItCouldNotDo()
    {
        await SignInAsync(SignIns.NewEmail(), "Ann Example");
        await signIn.StopAsync();
        var result = (await RunAsync("sign-out", "--json")).Succeeded();

        Assert.Null(new ProfileStore(home).Load("default")!.For(server));
        var answer = JsonDocument.Parse(result.Out).RootElement;
        Assert.False(answer.GetProperty("revoked").GetBoolean());
        Assert.Contains(signIn.Address.ToString(), answer.GetProperty("problem").GetString(), StringComparison.Ordinal);
        await signIn.StartAsync();
    }

    [Fact]
    public async Task SignIn_WhenTheServerIsNone_SaysSo()
    {
        var result = await RunAsync("sign-in", "--server", signIn.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(6, result.ExitCode);
        var readable = await RunAsync("sign-in", "--server", "http://debug.contoso.example");
        Assert.Equal(7, readable.ExitCode);
        Assert.Contains("has no TLS", readable.Error, StringComparison.Ordinal);
    }

    /// <summary>A server that runs on, whose authority signs with another key.</summary>
    [Fact]
    public async Task Server_WhenTheAuthorityChangesItsKey_TakesTokensOfBoth()
    {
        using var http = new HttpClient();
        async Task<bool> IsTakenAsync(Tokens tokens)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, Routes.Me));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Access);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }

        var first = await signIn.SignInAsync(SignIns.NewEmail());
        Assert.True(await IsTakenAsync(first));
        await signIn.StopAsync();
        TokenTests.Age(signIn, "signing", TimeSpan.FromDays(89));
        await signIn.StartAsync();
        await signIn.StopAsync();
        TokenTests.Age(signIn, "signing", TimeSpan.FromDays(3));
        await signIn.StartAsync();
        using var device = new Device(signIn.Address);
        var second = await device.RefreshedAsync(first.Refresh);

        Assert.NotEqual(TokenTests.KeyOf(first), TokenTests.KeyOf(second));
        await SignInServer.UntilAsync(() => IsTakenAsync(second), "a token of the new key that is taken");
        Assert.True(await IsTakenAsync(first));
    }

    private async Task SignInAsync(string email, string name, string? server = "")
    {
        await using var run = Start(["sign-in", "--json", .. server is null ? Array.Empty<string>() : ["--server", this.server.GetLeftPart(UriPartial.Authority)]]);
        var line = await run.WaitForAsync(text => text.Contains('\n', StringComparison.Ordinal), "the code");
        var code = JsonDocument.Parse(line.Split('\n')[0]).RootElement.GetProperty("userCode").GetString()!;
        using var browser = new Browser(signIn.Address);
        await ConsentAsync(browser, code, email, name, "allow");
        var result = (await run.EndAsync()).Succeeded();
        Assert.Equal(email, JsonDocument.Parse(result.Out.Split('\n')[1]).RootElement.GetProperty("email").GetString());
    }

    private async Task ConsentAsync(Browser browser, string code, string email, string name, string decision)
    {
        var before = signIn.MailsTo(email).Count;
        await browser.AskForCodeAsync(code, email);
        await browser.SubmitAsync(("code", await signIn.CodeToAsync(email, before + 1)));
        if (browser.Path == "/device/name")
            await browser.SubmitAsync(("name", name));
        Assert.Equal($"Let orleanskd on {Environment.MachineName} act as you?", browser.Title);
        await browser.SubmitAsync(("decision", decision));
    }

    private async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        return await run.EndAsync();
    }

    private ProgramRun Start(params string[] arguments) => new(
        "dotnet", [BuiltProgram.PathOf(BuiltProgram.Client), .. arguments], new Dictionary<string, string?> { ["ORLEANSKD_HOME"] = home, ["NO_COLOR"] = "1" });
}
