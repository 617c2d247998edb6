using System.Net;
using System.Text.Json;
using OrleansKd.SignIn.Tests.Infrastructure;

namespace OrleansKd.SignIn.Tests;

/// <summary>The way from the code in a terminal to tokens, and the ways that lead nowhere.</summary>
public sealed class FlowTests(SharedServer server)
{
    [Fact]
    public async Task SignIn_WhenDoneAsAsked_GivesTokensThatSayWhoItIs()
    {
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(server.Address, "lab-7");
        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", device.UserCode);
        Assert.Equal(5, device.Begun.GetProperty("interval").GetInt32());
        Assert.Equal($"{server.Address}device", device.Begun.GetProperty("verification_uri").GetString());
        using var browser = new Browser(server.Address);
        await browser.OpenAsync("/device?user_code=" + device.UserCode);
        Assert.Contains($"value=\"{device.UserCode}\"", browser.Html, StringComparison.Ordinal);
        await browser.SubmitAsync();
        Assert.Equal("Who are you?", browser.Title);
        await browser.SubmitAsync(("email", "  " + email.ToUpperInvariant() + " "));
        Assert.Equal("Look into your mail", browser.Title);
        var mail = await server.CodeToAsync(email);
        await browser.SubmitAsync(("code", $"{mail[..4]} {mail[4..]}"));
        Assert.Equal("What are you called?", browser.Title);
        await browser.SubmitAsync(("name", "Ann O’Neil"));
        Assert.Equal("Let orleanskd on lab-7 act as you?", browser.Title);
        Assert.Contains($">{device.UserCode}<", browser.Html, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", Device.ErrorOf(await device.AskAsync()));
        await browser.SubmitAsync(("decision", "allow"));
        Assert.Equal(("Done", "/device/done"), (browser.Title, browser.Path));

        using var another = await Device.BeginAsync(server.Address);
        using var again = new Browser(server.Address);
        await server.ProveAsync(again, another, email);
        await again.SubmitAsync(("decision", "allow"));
        var tokens = await another.TokensAsync();

        Assert.Equal("at+jwt", tokens.Header.GetProperty("typ").GetString());
        var claims = tokens.Claims;
        Assert.Equal(
            (email, "Ann O’Neil", true, "orleanskd"),
            (claims.GetProperty("email").GetString(), claims.GetProperty("name").GetString(), claims.GetProperty("email_verified").GetBoolean(), claims.GetProperty("aud").GetString()));
        Assert.Equal(600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(server.Address.AbsoluteUri, claims.GetProperty("iss").GetString());
        Assert.NotEmpty(claims.GetProperty("sub").GetString()!);
    }

    [Fact]
    public async Task SignIn_WhenSomebodyComesBack_HasTheSameSubjectAndNeedsNoName()
    {
        var email = SignIns.NewEmail();
        var first = await server.SignInAsync(email, "Ann One");
        var second = await server.SignInAsync(email, "Ann Two");

        Assert.Equal(first.Claims.GetProperty("sub").GetString(), second.Claims.GetProperty("sub").GetString());
        Assert.Equal("Ann One", second.Claims.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Consent_WhenRefused_TellsTheDeviceAndGivesNothing()
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await server.ProveAsync(browser, device, SignIns.NewEmail());
        await browser.SubmitAsync(("decision", "deny"));

        Assert.Equal("Nothing was allowed", browser.Title);
        Assert.Equal("access_denied", Device.ErrorOf(await device.AskAsync()));
    }

    [Fact]
    public async Task Consent_WhenSubmittedTwice_IsDoneOnce()
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await server.ProveAsync(browser, device, SignIns.NewEmail());
        await browser.SubmitAsync(("decision", "allow"));
        await device.TokensAsync();
        await browser.OpenAsync("/device/consent");

        Assert.Equal("Sign in on a device", browser.Title);
        await browser.SubmitAsync(("user_code", device.UserCode));
        Assert.Contains("No device waits", browser.Html, StringComparison.Ordinal);
    }

    /// <summary>A code that is used again must not end what it was used for: a link is opened twice, and may be known to others.</summary>
    [Theory]
    [InlineData("opened")]
    [InlineData("decided")]
    public async Task Consent_WhenAnotherBrowserComesTooLate_SaysSoAndHarmsNothing(string late)
    {
        using var device = await Device.BeginAsync(server.Address);
        using var first = new Browser(server.Address);
        using var second = new Browser(server.Address);
        await server.ProveAsync(first, device, SignIns.NewEmail());
        await server.ProveAsync(second, device, SignIns.NewEmail());
        async Task ComeLateAsync()
        {
            if (late == "opened")
                await second.OpenAsync("/device?user_code=" + device.UserCode);
            await second.SubmitAsync(("decision", "allow"));
            Assert.Equal((HttpStatusCode.BadRequest, "Sign in on a device"), (second.Status, second.Title));
        }

        await first.SubmitAsync(("decision", "allow"));
        await ComeLateAsync();
        Assert.Contains(late == "opened" ? "No device waits" : "waits no more", second.Html, StringComparison.Ordinal);
        var tokens = await device.TokensAsync();
        await second.OpenAsync("/device?user_code=" + device.UserCode);
        await device.RefreshedAsync(tokens.Refresh);
    }

    [Fact]
    public async Task Consent_WhenForAnotherDeviceThanTheBrowserBeganWith_IsRefused()
    {
        using var mine = await Device.BeginAsync(server.Address);
        using var theirs = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await server.ProveAsync(browser, mine, SignIns.NewEmail());
        await browser.SubmitAsync(("user_code", theirs.UserCode), ("decision", "allow"));

        Assert.Equal((HttpStatusCode.BadRequest, "Please begin again"), (browser.Status, browser.Title));
        Assert.Equal("authorization_pending", Device.ErrorOf(await theirs.AskAsync()));
    }

    [Fact]
    public async Task Consent_WhenNobodyHasProvenAnything_IsRefused()
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, SignIns.NewEmail());
        var form = browser.Html;
        await browser.OpenAsync("/device/consent");
        Assert.Equal("/device", browser.Path);
        await browser.OpenAsync("/device/name");
        Assert.Equal("/device", browser.Path);
        await browser.SubmitAsync();
        var token = System.Text.RegularExpressions.Regex.Match(form, "name=\"form_token\" value=\"([^\"]*)\"").Groups[1].Value;
        await browser.PostAsync("/device", ("form_token", token), ("user_code", device.UserCode), ("decision", "allow"));

        Assert.Equal("Please begin again", browser.Title);
        Assert.Equal("authorization_pending", Device.ErrorOf(await device.AskAsync()));
    }

    [Theory]
    [InlineData("BCDF-GHJK")]
    [InlineData("")]
    [InlineData("../../x")]
    [InlineData("%00<script>")]
    public async Task Code_WhenNoDeviceHasIt_LeadsNowhere(string code)
    {
        using var browser = new Browser(server.Address);
        await browser.OpenAsync("/device");
        await browser.SubmitAsync(("user_code", code));

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        Assert.DoesNotContain("<script", browser.Html, StringComparison.OrdinalIgnoreCase);
        await browser.OpenAsync("/device/email");
        Assert.Equal("/device", browser.Path);
    }

    [Fact]
    public async Task Code_WhenTypedInItsOwnWay_IsTheSame()
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.OpenAsync("/device");
        await browser.SubmitAsync(("user_code", " " + device.UserCode.Replace('-', ' ').ToLowerInvariant()));

        Assert.Equal("Who are you?", browser.Title);
    }

    [Fact]
    public async Task Email_WhenItMayNotSignIn_GetsTheSameAnswerAndNoMail()
    {
        async Task<string> AnswerTo(string email)
        {
            using var device = await Device.BeginAsync(server.Address);
            using var browser = new Browser(server.Address);
            await browser.AskForCodeAsync(device.UserCode, email);
            Assert.Equal("Look into your mail", browser.Title);
            for (var i = 0; i < 5; i++)
                await browser.SubmitAsync(("code", "00000000"));
            return browser.Html.Replace(email, "EMAIL", StringComparison.Ordinal);
        }

        var known = SignIns.NewEmail();
        await server.SignInAsync(known);
        var stranger = $"s{Guid.NewGuid():N}@stranger.example";
        var answers = new[] { await AnswerTo(known), await AnswerTo(SignIns.NewEmail()), await AnswerTo(stranger) }
            .Select(answer => System.Text.RegularExpressions.Regex.Replace(answer, "name=\"form_token\" value=\"[^\"]*\"", ""));

        Assert.Single(answers.Distinct());
        Assert.Empty(server.MailsTo(stranger));
    }

    [Theory]
    [InlineData("eve@fabrikam.example", true)]
    [InlineData("mallory@fabrikam.example", false)]
    [InlineData("ann@sub.contoso.example", false)]
    [InlineData("ann@contoso.example.evil.example", false)]
    public async Task Domains_WhenTheyNameAddresses_LetOnlyThoseIn(string email, bool mayGo)
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, email);
        var witness = SignIns.NewEmail();
        await server.SignInAsync(witness);

        Assert.Equal(mayGo, server.MailsTo(email).Count > 0);
    }

    [Fact]
    public async Task Discovery_WhenAsked_NamesWhatThereIs()
    {
        using var device = new Device(server.Address);
        var document = await device.GetAsync("/.well-known/openid-configuration");
        Assert.Equal($"{server.Address}connect/revoke", document.GetProperty("revocation_endpoint").GetString());
        Assert.Equal($"{server.Address}connect/device", document.GetProperty("device_authorization_endpoint").GetString());
        var keys = await device.GetAsync("/.well-known/jwks");
        Assert.All(keys.GetProperty("keys").EnumerateArray(), key => Assert.False(key.TryGetProperty("d", out JsonElement _)));
    }
}
