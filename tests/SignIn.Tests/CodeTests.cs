using System.Net;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Tests.Infrastructure;

namespace OrleansKd.SignIn.Tests;

/// <summary>The code in a mail proves one address, in one browser, once, for a while.</summary>
public sealed class CodeTests(SharedServer server)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Try_WhenRight_ProvesItOnce()
    {
        var (attempt, code) = Asked();

        Assert.Equal(CodeAnswer.Right, attempt.Try(code.Insert(4, " "), Now));
        Assert.Equal("ann@contoso.example", attempt.Proven);
        Assert.Equal(CodeAnswer.None, attempt.Try(code, Now));
    }

    [Fact]
    public void Try_WhenWrongFiveTimes_LocksTheRightOneOut()
    {
        var (attempt, code) = Asked();
        var wrong = code[0] == '9' ? "00000000" : "9" + code[1..];

        Assert.Equal([CodeAnswer.Wrong, CodeAnswer.Wrong, CodeAnswer.Wrong, CodeAnswer.Wrong, CodeAnswer.Locked], Enumerable.Range(0, 5).Select(_ => attempt.Try(wrong, Now)));
        Assert.Equal(CodeAnswer.None, attempt.Try(code, Now));
        Assert.Null(attempt.Proven);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public void Try_WhenItsTimeIsOver_IsNone(int secondsAfterEnd, bool isGood)
    {
        var (attempt, code) = Asked();

        Assert.Equal(isGood ? CodeAnswer.Right : CodeAnswer.None, attempt.Try(code, Now.AddMinutes(10).AddSeconds(secondsAfterEnd)));
    }

    [Fact]
    public void Ask_WhenAskedAgain_MakesTheFirstCodeWorthless()
    {
        var (attempt, first) = Asked();
        var second = attempt.Ask("ann@contoso.example", Now.AddMinutes(10));

        Assert.Equal(first == second ? CodeAnswer.Right : CodeAnswer.Wrong, attempt.Try(first, Now));
        Assert.Equal(first == second ? CodeAnswer.None : CodeAnswer.Right, attempt.Try(second, Now));
    }

    [Fact]
    public void Ask_WhenForAnotherAddress_ForgetsWhatWasProven()
    {
        var (attempt, code) = Asked();
        attempt.Try(code, Now);
        attempt.Ask("eve@fabrikam.example", Now.AddMinutes(10));

        Assert.Null(attempt.Proven);
    }

    [Fact]
    public void Begin_WhenWithAnotherDevice_ForgetsWhatWasProven()
    {
        var (attempt, code) = Asked();
        attempt.Try(code, Now);
        attempt.Begin("ZZZZZZZZ");

        Assert.Equal((null, null), (attempt.Proven, attempt.Email));
        Assert.Equal(CodeAnswer.None, attempt.Try(code, Now));
    }

    [Fact]
    public async Task Page_WhenTheCodeIsWrongFiveTimes_AsksForAnother()
    {
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, email);
        var code = await server.CodeToAsync(email);
        for (var i = 0; i < 4; i++)
        {
            await browser.SubmitAsync(("code", code[0] == '9' ? "00000000" : "99999999"));
            Assert.Contains("That is not the code", browser.Html, StringComparison.Ordinal);
        }
        await browser.SubmitAsync(("code", "nonsense"));
        Assert.Contains("good no more", browser.Html, StringComparison.Ordinal);
        await browser.OpenAsync("/device/mail-code");
        await browser.SubmitAsync(("code", code));

        Assert.Contains("good no more", browser.Html, StringComparison.Ordinal);
        await browser.SubmitAsync(("email", email));
        await browser.SubmitAsync(("code", await server.CodeToAsync(email, 2)));
        Assert.Equal("/device/name", browser.Path);
    }

    [Fact]
    public async Task Page_WhenTheCodeWasMailedForAnotherBrowser_DoesNotTakeIt()
    {
        var email = SignIns.NewEmail();
        using var theirs = await Device.BeginAsync(server.Address);
        using var mine = await Device.BeginAsync(server.Address);
        using var victim = new Browser(server.Address);
        using var attacker = new Browser(server.Address);
        await victim.AskForCodeAsync(theirs.UserCode, email);
        var code = await server.CodeToAsync(email);
        await attacker.AskForCodeAsync(mine.UserCode, email);
        await server.CodeToAsync(email, 2);
        await attacker.SubmitAsync(("code", code));
        Assert.Equal("/device/mail-code", attacker.Path);
        Assert.Equal(HttpStatusCode.BadRequest, attacker.Status);

        await victim.SubmitAsync(("code", code));
        Assert.Equal("/device/name", victim.Path);
    }

    [Fact]
    public async Task Page_WhenTheCodeWasForAnotherAddress_DoesNotTakeIt()
    {
        var (one, other) = (SignIns.NewEmail(), SignIns.NewEmail());
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, one);
        var code = await server.CodeToAsync(one);
        await browser.OpenAsync("/device/email");
        await browser.SubmitAsync(("email", other));
        await server.CodeToAsync(other);
        await browser.SubmitAsync(("code", code));

        Assert.Equal((HttpStatusCode.BadRequest, "/device/mail-code"), (browser.Status, browser.Path));
    }

    [Fact]
    public async Task Page_WhenTheCodeIsReplayed_DoesNotTakeIt()
    {
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, email);
        var code = await server.CodeToAsync(email);
        await browser.SubmitAsync(("code", code));
        Assert.Equal("/device/name", browser.Path);
        await browser.OpenAsync("/device/mail-code");
        await browser.SubmitAsync(("code", code));

        Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
    }

    private static (SignInAttempt Attempt, string Code) Asked()
    {
        var attempt = new SignInAttempt();
        attempt.Begin("BCDFGHJK");
        return (attempt, attempt.Ask("ann@contoso.example", Now.AddMinutes(10)));
    }
}
