using System.Net;
using System.Text.Json.Nodes;
using OrleansKd.SignIn.Tests.Infrastructure;

namespace OrleansKd.SignIn.Tests;

/// <summary>Refresh tokens: taken once, taken back, gone with whoever may not sign in any more.</summary>
public sealed class TokenTests(SharedServer server)
{
    [Fact]
    public async Task Refresh_WhenAsked_RotatesTheTokenAndKeepsThePerson()
    {
        var first = await server.SignInAsync(SignIns.NewEmail(), "Ann Example");
        using var device = new Device(server.Address);
        var second = await device.RefreshedAsync(first.Refresh);

        Assert.NotEqual(first.Refresh, second.Refresh);
        Assert.Equal(first.Claims.GetProperty("sub").GetString(), second.Claims.GetProperty("sub").GetString());
        Assert.Equal(("Ann Example", true), (second.Claims.GetProperty("name").GetString(), second.Claims.GetProperty("email_verified").GetBoolean()));
    }

    [Fact]
    public async Task Refresh_WhenTheAnswerWasLost_IsTakenOnceMore()
    {
        var first = await server.SignInAsync(SignIns.NewEmail());
        using var device = new Device(server.Address);
        await device.RefreshedAsync(first.Refresh);
        var again = await device.RefreshedAsync(first.Refresh);

        Assert.NotEmpty((await device.RefreshedAsync(again.Refresh)).Access);
    }

    /// <summary>Two programs of one user without a common lock, such as two computers with copies of a profile.</summary>
    [Fact]
    public async Task Refresh_WhenManyDoItInTheSameMoment_LetsEveryoneGoOn()
    {
        var first = await server.SignInAsync(SignIns.NewEmail());
        using var device = new Device(server.Address);
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => device.RefreshedAsync(first.Refresh)));

        Assert.Equal(6, all.Select(one => one.Refresh).Distinct().Count());
        Assert.NotEmpty((await device.RefreshedAsync(all[3].Refresh)).Access);
    }

    [Fact]
    public async Task Refresh_WhenAUsedTokenComesLate_EndsTheWholeSignIn()
    {
        await using var strict = await SignInServer.OpenAsync("RefreshReuseLeeway=00:00:00");
        var first = await strict.SignInAsync(SignIns.NewEmail());
        using var device = new Device(strict.Address);
        var second = await device.RefreshedAsync(first.Refresh);

        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(first.Refresh)));
        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(second.Refresh)));
    }

    [Fact]
    public async Task Revoke_WhenAsked_EndsTheWholeSignInAndNobodyElses()
    {
        var email = SignIns.NewEmail();
        var (mine, other) = (await server.SignInAsync(email), await server.SignInAsync(email));
        using var device = new Device(server.Address);
        var renewed = await device.RefreshedAsync(mine.Refresh);
        var twin = await device.RefreshedAsync(mine.Refresh);

        Assert.Equal(HttpStatusCode.OK, await device.RevokeAsync(renewed.Refresh));
        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(renewed.Refresh)));
        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(twin.Refresh)));
        Assert.NotEmpty((await device.RefreshedAsync(other.Refresh)).Access);
    }

    [Fact]
    public async Task Revoke_WhenTheTokenIsNobodys_TellsNothing()
    {
        using var device = new Device(server.Address);

        Assert.Equal(HttpStatusCode.OK, await device.RevokeAsync("made-up"));
    }

    /// <summary>One that is due, one that is current by then: keys change at restarts as they do while it runs, and tokens outlive both.</summary>
    [Fact]
    public async Task Restart_WhenKeysAreDue_PublishesThemFirstAndTakesWhatTheOldOnesMade()
    {
        await using var own = await SignInServer.OpenAsync();
        var before = await own.SignInAsync(SignIns.NewEmail());
        using var device = new Device(own.Address);
        await own.StopAsync();
        Age(own, "signing", TimeSpan.FromDays(89));
        Age(own, "sealing", TimeSpan.FromDays(91));
        await own.StartAsync();
        var ahead = await device.RefreshedAsync(before.Refresh);
        Assert.Equal(KeyOf(before), KeyOf(ahead));
        Assert.Equal(2, (await device.GetAsync("/.well-known/jwks")).GetProperty("keys").GetArrayLength());
        Assert.Equal(2, Directory.GetFiles(Path.Combine(own.Data, "keys"), "sealing-*").Length);

        await own.StopAsync();
        Age(own, "signing", TimeSpan.FromDays(3));
        await own.StartAsync();
        var after = await device.RefreshedAsync(ahead.Refresh);

        Assert.NotEqual(KeyOf(before), KeyOf(after));
        await own.StopAsync();
        Age(own, "signing", TimeSpan.FromDays(31));
        await own.StartAsync();
        Assert.Equal(KeyOf(after), Assert.Single((await device.GetAsync("/.well-known/jwks")).GetProperty("keys").EnumerateArray()).GetProperty("kid").GetString());
    }

    [Fact]
    public async Task Keys_WhenDueWhileItRuns_ArePublishedBeforeTheySign()
    {
        await using var own = await SignInServer.OpenAsync("Keys:Period=00:00:06", "Keys:PublishedAhead=00:00:03", "Keys:Look=00:00:00.200");
        using var device = new Device(own.Address);
        var tokens = await own.SignInAsync(SignIns.NewEmail());
        var (first, published) = (KeyOf(tokens), new HashSet<string>());
        await SignInServer.UntilAsync(
            async () =>
            {
                // Before the token: what signs it must be known by then.
                published.UnionWith((await device.GetAsync("/.well-known/jwks")).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!));
                tokens = await device.RefreshedAsync(tokens.Refresh);
                Assert.Contains(KeyOf(tokens), published);
                return KeyOf(tokens) != first;
            },
            "another key",
            TimeSpan.FromMilliseconds(250));

        Assert.Contains(first, (await device.GetAsync("/.well-known/jwks")).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()));
    }

    [Fact]
    public async Task Refresh_WhenTheDomainMayNotSignInAnyMore_IsRefused()
    {
        await using var own = new SignInServer("Domains:0=contoso.example");
        await own.StartAsync();
        var tokens = await own.SignInAsync(SignIns.NewEmail());
        await own.StopAsync();
        await using var later = new SignInServer("Domains:0=elsewhere.example", "Issuer=" + own.Address.GetLeftPart(UriPartial.Authority), "Data=" + own.Data);
        await later.StartAsync();
        using var device = new Device(later.Address);

        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(tokens.Refresh)));
    }

    /// <summary>Makes keys look as old as that (older ones even older).</summary>
    internal static void Age(SignInServer server, string use, TimeSpan age)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(server.Data, "keys"), use + "-*"))
        {
            var key = JsonNode.Parse(File.ReadAllText(file))!;
            key["CreatedAt"] = key["CreatedAt"]!.GetValue<DateTimeOffset>() - age;
            File.WriteAllText(file, key.ToJsonString());
        }
    }

    internal static string KeyOf(Tokens tokens) => tokens.Header.GetProperty("kid").GetString()!;
}
