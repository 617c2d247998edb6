using System.Net;
using System.Text.RegularExpressions;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Tests.Infrastructure;

namespace OrleansKd.SignIn.Tests;

/// <summary>What people and pages elsewhere may try.</summary>
public sealed partial class HostileTests(SharedServer server)
{
    public static TheoryData<string> HostileTexts =>
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</h1></main>",
        "\u202Egnp.exe",
        "x\r\nBcc: mallory@x.example\r\n\r\nhi",
        "\u001b[31mred",
        "{0}{1}{",
        "\u200Bzero\u2028line",
    ];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public async Task Device_WhenItsNameIsHostile_IsShownAsTextInPageAndMail(string name)
    {
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(server.Address, name);
        using var browser = new Browser(server.Address);
        await server.ProveAsync(browser, device, email);
        var mail = Assert.Single(server.MailsTo(email));

        AssertHarmless(browser.Html);
        Assert.StartsWith("Let orleanskd on ", browser.Title, StringComparison.Ordinal);
        Assert.Empty(mail.Bcc);
        Assert.Equal([email], mail.To.Mailboxes.Select(box => box.Address));
        Assert.Empty(Hidden().Matches(mail.TextBody!.ReplaceLineEndings("\n")));
        Assert.DoesNotContain("<script", mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("Your code to sign in to OrleansKd", mail.Subject);
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public async Task Name_WhenItIsHostile_IsRefusedOrShownAsText(string name)
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        var email = SignIns.NewEmail();
        await browser.AskForCodeAsync(device.UserCode, email);
        await browser.SubmitAsync(("code", await server.CodeToAsync(email)));
        await browser.SubmitAsync(("name", name));

        AssertHarmless(browser.Html);
        Assert.Equal(Hidden().IsMatch(name) || name.Contains('\n', StringComparison.Ordinal) ? "/device/name" : "/device/consent", browser.Path);
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    [InlineData("ann@contoso.example\r\nBcc: mallory@x.example")]
    [InlineData("ann@contoso.example, mallory@x.example")]
    [InlineData("\"ann\"@contoso.example")]
    [InlineData("Ann <ann@contoso.example>")]
    [InlineData("ann@contoso.example@x.example")]
    [InlineData("аnn@contoso.example")]
    [InlineData("ann@[127.0.0.1]")]
    [InlineData("@contoso.example")]
    [InlineData("ann@contoso")]
    public async Task Email_WhenItIsNoPlainAddress_IsRefused(string email)
    {
        Assert.Null(EmailAddress.TryParse(email));
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, email);

        Assert.Equal((HttpStatusCode.BadRequest, "/device/email"), (browser.Status, browser.Path));
        AssertHarmless(browser.Html);
    }

    [Theory]
    [InlineData("/device/code", "application/x-www-form-urlencoded", "user_code=\0")]
    [InlineData("/device/code", "multipart/form-data; boundary=x", "nonsense")]
    [InlineData("/device/code", "application/json", "{}")]
    [InlineData("/connect/device", "application/x-www-form-urlencoded", "client_id=\0")]
    [InlineData("/connect/token", "application/json", "{}")]
    [InlineData("/connect/token", "application/x-www-form-urlencoded", "grant_type=password&username=a&password=b&client_id=orleanskd")]
    [InlineData("/connect/token", "application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=orleanskd")]
    public async Task Body_WhenItIsNoFormOfOurs_IsTheCallersMistake(string path, string type, string body)
    {
        using var client = new HttpClient();
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        using var answer = await client.PostAsync(new Uri(server.Address, path), content, TestContext.Current.CancellationToken);

        Assert.InRange((int)answer.StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("/device/code", "user_code", "BCDF-GHJK")]
    [InlineData("/device/email", "email", "ann@contoso.example")]
    [InlineData("/device/mail-code", "code", "12345678")]
    [InlineData("/device/name", "name", "Mallory")]
    [InlineData("/device", "decision", "allow")]
    public async Task Form_WhenItComesFromElsewhere_DoesNothing(string path, string field, string value)
    {
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await server.ProveAsync(browser, device, email);
        // The victim's cookies, the attacker's form.
        using var attacker = new Browser(server.Address);
        await attacker.OpenAsync("/device");
        var foreign = Regex.Match(attacker.Html, "name=\"form_token\" value=\"([^\"]*)\"").Groups[1].Value;
        foreach (var token in new[] { "", foreign, "x" })
        {
            await browser.PostAsync(path, ("form_token", token), (field, value), ("user_code", device.UserCode));
            Assert.Equal((HttpStatusCode.BadRequest, "Please begin again"), (browser.Status, browser.Title));
        }

        Assert.Equal("authorization_pending", Device.ErrorOf(await device.AskAsync()));
    }

    [Theory]
    [InlineData("/device?returnUrl=https://evil.example&redirect_uri=https://evil.example&user_code=BCDF-GHJK")]
    [InlineData("/device/done?redirect=//evil.example")]
    [InlineData("//evil.example/device")]
    [InlineData("/device/email?next=https://evil.example")]
    public async Task Page_WhenAskedToLeadElsewhere_StaysHere(string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await client.GetAsync(new Uri(server.Address.GetLeftPart(UriPartial.Authority) + path), TestContext.Current.CancellationToken);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("/device", answer.Headers.Location?.ToString() ?? "/device", StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/device")]
    [InlineData("/device/done")]
    [InlineData("/nothing-here")]
    [InlineData("/style.css")]
    public async Task Answer_WhenLookedAt_HasTheHeadersThatKeepOthersOut(string path)
    {
        using var browser = new Browser(server.Address);
        await browser.OpenAsync(path);
        var headers = browser.Last.Headers;

        Assert.Equal("default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")));
        Assert.Equal("DENY", Assert.Single(headers.GetValues("X-Frame-Options")));
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.True(headers.CacheControl!.NoStore);
        Assert.False(headers.Contains("Server"));
        Assert.DoesNotContain("style=", browser.Html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href|action)=\"(https?:)?//", browser.Html);
    }

    [Fact]
    public async Task Cookies_WhenSet_AreForThisSiteAndNoScript()
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, SignIns.NewEmail());
        var cookies = browser.Cookies.GetAllCookies();

        Assert.Equal(["orleanskd-form", "orleanskd-sign-in"], cookies.Select(cookie => cookie.Name).Order());
        Assert.All(cookies, cookie => Assert.True(cookie.HttpOnly));
    }

    [Fact]
    public async Task Host_WhenItIsAnotherName_IsRefused()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/device"));
        request.Headers.Host = "evil.example";
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Output_WhenPeopleSignIn_NamesNeitherAddressesNorCodesNorTokens()
    {
        var email = SignIns.NewEmail();
        var tokens = await server.SignInAsync(email, "Nadia Unlogged");

        Assert.All([email, "Nadia", tokens.Refresh, tokens.Access, await server.CodeToAsync(email)], secret => Assert.DoesNotContain(secret, server.Output, StringComparison.Ordinal));
    }

    private static void AssertHarmless(string html)
    {
        Assert.Empty(Hidden().Matches(html.ReplaceLineEndings("\n")));
        Assert.All(Tag().Matches(html).Select(tag => tag.Value), tag => Assert.Matches("^<(!DOCTYPE html|/?(html|head|meta|title|link|body|main|p|h1|form|label|input|button|b|bdi|span|a)\\b)", tag));
        Assert.All(Tag().Matches(html).Select(tag => Quoted().Replace(tag.Value, "")), tag => Assert.DoesNotMatch("\\bon[a-z]+=", tag));
    }

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\u2028\u2029-[\n\t\u200D]]")]
    private static partial Regex Hidden();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
