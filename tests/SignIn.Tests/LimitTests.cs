using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Tests.Infrastructure;

namespace OrleansKd.SignIn.Tests;

/// <summary>How often, and for how long.</summary>
public sealed class LimitTests(SharedServer server)
{
    [Fact]
    public void TryTake_WhenTheWindowIsOver_BeginsAnewForEachName()
    {
        var time = new FakeTimeProvider();
        var limit = new RateLimit(2, TimeSpan.FromMinutes(1), time);

        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(_ => limit.TryTake("ann")));
        Assert.True(limit.TryTake("bob"));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(limit.TryTake("ann"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limit.TryTake("ann"));
    }

    [Fact]
    public void TryMail_WhenOneClientUsesUpItsShare_LeavesTheAddressToOthers()
    {
        var limits = new AttemptLimits(Microsoft.Extensions.Options.Options.Create(new SignInOptions()), new FakeTimeProvider());

        Assert.Equal(6, Enumerable.Range(0, 100).Count(_ => limits.TryMail("mallory", "ann@contoso.example")));
        Assert.Equal(6, Enumerable.Range(0, 100).Count(_ => limits.TryMail("ann", "ann@contoso.example")));
        Assert.Equal(8, Enumerable.Range(0, 100).Count(i => limits.TryMail($"botnet-{i}", "ann@contoso.example")));
    }

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7", true)]
    [InlineData("10.0.0.7", "::ffff:10.0.0.7", true)]
    [InlineData("10.0.0.7", "10.0.0.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void ClientOf_WhenAddressesBelongToOne_IsTheSame(string one, string other, bool isSame) =>
        Assert.Equal(isSame, AttemptLimits.ClientOf(IPAddress.Parse(one)) == AttemptLimits.ClientOf(IPAddress.Parse(other)));

    [Fact]
    public async Task Device_WhenItAsksTooOften_IsToldToSlowDown()
    {
        using var device = await Device.BeginAsync(server.Address);

        Assert.Equal("authorization_pending", Device.ErrorOf(await device.AskAsync()));
        Assert.Equal("slow_down", Device.ErrorOf(await device.AskAsync()));
        Assert.Equal("slow_down", Device.ErrorOf(await device.AskAsync()));
    }

    [Fact]
    public async Task Email_WhenManyAskForCodesToOneAddress_IsNotFlooded()
    {
        var email = SignIns.NewEmail();
        for (var i = 0; i < 7; i++)
        {
            using var device = await Device.BeginAsync(server.Address);
            using var browser = new Browser(server.Address);
            await browser.AskForCodeAsync(device.UserCode, email);
            Assert.Equal(i < 6 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, browser.Status);
        }
        await server.SignInAsync(SignIns.NewEmail());

        Assert.Equal(6, server.MailsTo(email).Count);
    }

    /// <summary>Everything that ends soon, on one server: codes in mails and terminals, and what one client may do in a minute.</summary>
    [Fact]
    public async Task Times_WhenTheyAreOver_EndWhatWasBegun()
    {
        await using var hasty = await SignInServer.OpenAsync("MailCodeLifetime=00:00:01", "DeviceCodeLifetime=00:00:04", "PollInterval=00:00:01", "Limits:FormsPerMinute=8", "Limits:DevicesPerMinute=2");
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(hasty.Address);
        using var browser = new Browser(hasty.Address);
        await browser.AskForCodeAsync(device.UserCode, email);
        var code = await hasty.CodeToAsync(email);
        var mailed = TimeProvider.System.GetTimestamp();
        await SignInServer.UntilAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(mailed) > TimeSpan.FromSeconds(1)), "the code's end");
        await browser.SubmitAsync(("code", code));
        Assert.Contains("good no more", browser.Html, StringComparison.Ordinal);

        await SignInServer.UntilAsync(async () => Device.ErrorOf(await device.AskAsync()) == "expired_token", "the device's end");
        await browser.OpenAsync("/device?user_code=" + device.UserCode);
        await browser.SubmitAsync();
        Assert.True(browser.Status is HttpStatusCode.TooManyRequests || browser.Html.Contains("No device waits", StringComparison.Ordinal), browser.Html);
        await SignInServer.UntilAsync(
            async () =>
            {
                await browser.OpenAsync("/device");
                return browser.Status is HttpStatusCode.TooManyRequests;
            },
            "too many forms");

        using var second = await Device.BeginAsync(hasty.Address);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await second.PostAsync("/connect/device", ("client_id", "orleanskd"))).Status);
    }
}
