using System.Security.Cryptography;
using System.Text.RegularExpressions;
using OrleansKd.Agent.SignIn;
using OrleansKd.Local.Processes;
using OrleansKd.SignIn.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.SignIn.Tests;

/// <summary>The whole sign-in as a person does it: <c>orleanskd</c> in a real terminal, the pages in a real browser, the code from a mail.</summary>
public sealed partial class BrowserSignInTests(ServerWithSignIn servers, Chromium chromium) : IClassFixture<ServerWithSignIn>, IClassFixture<Chromium>, IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("orleanskd-home-").FullName;
    private readonly SignInServer signIn = servers.SignIn;

    public void Dispose() => Directory.Delete(home, recursive: true);

    /// <summary>The pages have no script, so they work where scripts are off.</summary>
    [Fact]
    public async Task SignIn_WhenTheTerminalOpensTheBrowser_LastsUntilSigningOut()
    {
        var email = SignIns.NewEmail();
        await using var terminal = await OpenTerminalAsync("DISPLAY=:7");
        await terminal.TypeAsync($"orleanskd sign-in --server {Server}\n");
        await using var browser = await chromium.OpenAsync(hasScripts: false);
        var opened = await OpenedAsync(terminal);
        var screen = await terminal.ShowsAsync("A browser was opened");
        var code = CodeOn(screen);
        Assert.Contains($"    {signIn.Address}device\n", screen, StringComparison.Ordinal);
        Assert.Equal(new Uri(signIn.Address, $"/device?user_code={code}"), opened);

        await browser.OpenAsync(opened);
        Assert.Equal(code, await browser.Page.GetByLabel("The code that orleanskd shows").InputValueAsync());
        await browser.PressAsync("Continue");
        await ProveAsync(browser, email);
        Assert.Contains(code, await browser.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await browser.PressAsync("Allow");
        Assert.Equal("Done", await browser.TitleAsync());
        browser.WasClean(signIn.Address);

        await terminal.ShowsAsync($"Signed in as Ann Example (no company) <{email}>.");
        await terminal.TypeAsync("clear; orleanskd whoami\n");
        await terminal.ShowsAsync($"Ann Example (no company) <{email}>");
        var remembered = new ProfileStore(home).Load("default")!.For(servers.Address)!;
        await terminal.TypeAsync("clear; orleanskd sign-out; orleanskd whoami; echo ended with $?\n");
        Assert.Contains("Signed out", await terminal.ShowsAsync("ended with 7"), StringComparison.Ordinal);
        using var device = new Device(signIn.Address);
        Assert.Equal("invalid_grant", Device.ErrorOf(await device.RefreshAsync(remembered.RefreshToken!)));
    }

    [Fact]
    public async Task SignIn_WhenRefusedInTheBrowser_SaysSoInTheTerminal()
    {
        await using var terminal = await OpenTerminalAsync();
        await terminal.TypeAsync($"orleanskd sign-in --server {Server}; echo ended with $?\n");
        var code = CodeOn(await terminal.ShowsAsync("and enter the code"));
        await using var browser = await chromium.OpenAsync();
        await browser.OpenAsync(new Uri(signIn.Address, "/device"));
        await browser.EnterAsync("The code that orleanskd shows", "BCDF-GHJK", "Continue");
        Assert.Contains("No device waits with this code", await browser.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        await browser.EnterAsync("The code that orleanskd shows", code.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal), "Continue");
        await ProveAsync(browser, SignIns.NewEmail(), isMistypedFirst: true);
        await browser.PressAsync("Refuse");

        Assert.Equal("Nothing was allowed", await browser.TitleAsync());
        browser.WasClean(signIn.Address);
        Assert.Contains("refused in the browser", await terminal.ShowsAsync("ended with 7"), StringComparison.Ordinal);
        Assert.Null(new ProfileStore(home).Load("default"));
    }

    /// <summary>Whoever has the link has nothing of what another browser proved, and comes too late once that one has decided.</summary>
    [Fact]
    public async Task SignIn_WhenASecondBrowserHasTheLink_IsTheFirstOnesWhoAllowedIt()
    {
        var email = SignIns.NewEmail();
        await using var terminal = await OpenTerminalAsync("DISPLAY=localhost:10.0", "SSH_CONNECTION=192.0.2.1 50022 192.0.2.2 22");
        await terminal.TypeAsync($"orleanskd sign-in --server {Server}\n");
        var link = new Uri(signIn.Address, $"/device?user_code={CodeOn(await terminal.ShowsAsync("and enter the code"))}");
        await using var first = await chromium.OpenAsync();
        await using var second = await chromium.OpenAsync();
        await first.OpenAsync(link);
        await first.PressAsync("Continue");
        await ProveAsync(first, email);
        await second.OpenAsync(new Uri(signIn.Address, "/device/consent"));
        Assert.Equal("/device", second.Path);
        await second.OpenAsync(link);
        await second.PressAsync("Continue");
        await ProveAsync(second, SignIns.NewEmail(), "Eve Else");

        await first.PressAsync("Allow");
        await second.PressAsync("Allow");
        Assert.Equal(("Done", "Sign in on a device"), (await first.TitleAsync(), await second.TitleAsync()));
        Assert.Contains("waits no more", await second.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        first.WasClean(signIn.Address);
        second.WasClean(signIn.Address);
        var screen = await terminal.ShowsAsync("Signed in as");
        Assert.Contains($"Signed in as Ann Example (no company) <{email}>.", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("A browser was opened", screen, StringComparison.Ordinal);
    }

    private string Server => servers.Address.GetLeftPart(UriPartial.Authority);

    private string Opened => Path.Combine(home, "opened");

    /// <summary>From the page that asks for the address to the consent.</summary>
    private async Task ProveAsync(ChromiumPage browser, string email, string name = "Ann Example", bool isMistypedFirst = false)
    {
        await browser.EnterAsync("Your e-mail address", email, "Send the code");
        if (isMistypedFirst)
        {
            await browser.EnterAsync("The code in the mail", "12345678", "Continue");
            Assert.Contains("not the code", await browser.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        }
        await browser.EnterAsync("The code in the mail", await signIn.CodeToAsync(email), "Continue");
        await browser.EnterAsync("Your name, as others in a session see it", name, "Continue");
        Assert.Equal($"Let orleanskd on {Environment.MachineName} act as you?", await browser.TitleAsync());
    }

    /// <summary>A shell in tmux. Its xdg-open is ours: what it is asked to open, a test opens in Chromium.</summary>
    private async Task<Terminal> OpenTerminalAsync(params string[] environment)
    {
        var programs = Directory.CreateDirectory(Path.Combine(home, "bin")).FullName;
        Script(Path.Combine(programs, "xdg-open"), $"#!/bin/sh\nprintf '%s %s' \"$1\" \"$(ps -o sid= -p $$)\" >'{Opened}.new'\nmv '{Opened}.new' '{Opened}'\n");
        Script(Path.Combine(programs, "orleanskd"), $"#!/bin/sh\nexec dotnet '{BuiltProgram.PathOf(BuiltProgram.Client)}' \"$@\"\n");
        Dictionary<string, string?> variables = new()
        {
            ["ORLEANSKD_HOME"] = home,
            ["NO_COLOR"] = "1",
            ["TERM"] = "xterm-256color",
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DISPLAY"] = null,
            ["WAYLAND_DISPLAY"] = null,
            ["SSH_CONNECTION"] = null,
        };
        foreach (var pair in environment.Select(text => text.Split('=', 2)))
            variables[pair[0]] = pair[1];
        return await Terminal.OpenAsync($"sign-in-{RandomNumberGenerator.GetHexString(8)}", variables, ["bash", "--norc", "--noprofile"]);
    }

    /// <summary>What the terminal's browser was asked to open, in a session of its own: Ctrl+C in the terminal is not for it.</summary>
    private async Task<Uri> OpenedAsync(Terminal terminal)
    {
        await SignInServer.UntilAsync(() => Task.FromResult(File.Exists(Opened)), "a browser that is opened");
        var opened = (await File.ReadAllTextAsync(Opened, TestContext.Current.CancellationToken)).Split(' ', 2);
        // The terminal's session is named after its shell.
        Assert.NotEqual($"{await terminal.ProcessIdAsync()}", opened[1].Trim());
        return new Uri(opened[0]);
    }

    private static string CodeOn(string screen) => Code().Match(screen) is { Success: true } found ? found.Groups["code"].Value : throw new InvalidDataException(screen);

    private static void Script(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex("^    (?<code>[A-Z]{4}-[A-Z]{4})$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
