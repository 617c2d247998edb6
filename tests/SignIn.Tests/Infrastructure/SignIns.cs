namespace OrleansKd.SignIn.Tests.Infrastructure;

/// <summary>Whole sign-ins, as people do them.</summary>
internal static class SignIns
{
    /// <summary>Signs somebody in for the first time and answers their tokens.</summary>
    public static async Task<Tokens> SignInAsync(this SignInServer server, string email, string name = "Ann Example")
    {
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await server.ProveAsync(browser, device, email, name);
        await browser.SubmitAsync(("decision", "allow"));
        Assert.Equal("Done", browser.Title);
        return await device.TokensAsync();
    }

    /// <summary>Up to the consent's page.</summary>
    public static async Task ProveAsync(this SignInServer server, Browser browser, Device device, string email, string name = "Ann Example")
    {
        var before = server.MailsTo(email).Count;
        await browser.AskForCodeAsync(device.UserCode, email);
        await browser.SubmitAsync(("code", await server.CodeToAsync(email, before + 1)));
        if (browser.Path == "/device/name")
            await browser.SubmitAsync(("name", name));
        Assert.Equal("/device/consent", browser.Path);
    }

    /// <summary>An address that no other test uses.</summary>
    public static string NewEmail() => $"p{Guid.NewGuid():N}@contoso.example";
}
