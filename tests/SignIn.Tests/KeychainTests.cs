using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansKd.Local.Processes;
using OrleansKd.SignIn.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.SignIn.Tests;

/// <summary>A remembered sign-in on a computer with a real keyring (GNOME's, on a session bus of the test's own).</summary>
public sealed class KeychainTests(ServerWithSignIn servers) : IClassFixture<ServerWithSignIn>, IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("orleanskd-home-").FullName;

    private string ProfileFile => Path.Combine(home, ".config", "orleanskd", "profiles", "default.json");

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task SignIn_WhenThereIsAKeychain_IsEncryptedOnDisk_AndUsedAndRenewedAsBefore()
    {
        await using var bus = await StartBusAsync();
        await using var keyring = await UnlockAsync();
        Assert.Contains("encrypted with a key in this computer's keychain", await SignInAsync(hasBus: true), StringComparison.Ordinal);

        AssertSealed();
        (await RunAsync(hasBus: true, "whoami")).Succeeded();
        EndAccessToken();
        await Task.WhenAll(RunAsync(hasBus: true, "whoami"), RunAsync(hasBus: true, "whoami"));
        AssertSealed();
        Assert.True(ExpiresAt > DateTimeOffset.UnixEpoch);
        Assert.Contains("\"revoked\":true", (await RunAsync(hasBus: true, "sign-out", "--json")).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WhenItsKeychainIsLockedOrAway_IsNotUsed_AndSaysWhatToDo()
    {
        await using (var bus = await StartBusAsync())
        await using (var keyring = await UnlockAsync())
            await SignInAsync(hasBus: true);

        // On a new bus, the keyring's daemon comes by itself, locked, and there is no screen to ask for its password.
        await using (var bus = await StartBusAsync())
            AssertUnreadable(await RunAsync(hasBus: true, "whoami"));
        AssertUnreadable(await RunAsync(hasBus: false, "whoami"));
        AssertSealed();

        Assert.Contains("which only you can read", await SignInAsync(hasBus: false), StringComparison.Ordinal);
        (await RunAsync(hasBus: false, "whoami")).Succeeded();
        Assert.Equal("600", (await RunProgramAsync("stat", "-c", "%a", ProfileFile)).Trim());
    }

    [Fact]
    public async Task SignOut_WhenTheKeychainIsAway_ForgetsItAndSaysWhatItCouldNotDo()
    {
        await using (var bus = await StartBusAsync())
        await using (var keyring = await UnlockAsync())
            await SignInAsync(hasBus: true);
        Assert.Contains("keychain", (await RunAsync(hasBus: false, "sign-out")).Succeeded().Error, StringComparison.Ordinal);
        Assert.Empty(Servers());
    }

    private static void AssertUnreadable(ProgramResult result)
    {
        Assert.Equal(7, result.ExitCode);
        Assert.Contains("keychain, which is locked or can't be reached from here", result.Error, StringComparison.Ordinal);
    }

    private void AssertSealed()
    {
        var signIn = Assert.Single(Servers()).Value!;
        Assert.Equal("", signIn["accessToken"]!.GetValue<string>());
        Assert.Null(signIn["refreshToken"]);
        Assert.NotEmpty(signIn["sealed"]!.GetValue<string>());
        Assert.DoesNotContain("eyJ", File.ReadAllText(ProfileFile), StringComparison.Ordinal);
    }

    private DateTimeOffset ExpiresAt => Assert.Single(Servers()).Value!["expiresAt"]!.GetValue<DateTimeOffset>();

    private JsonObject Servers() => JsonNode.Parse(File.ReadAllText(ProfileFile))!["servers"]!.AsObject();

    private void EndAccessToken()
    {
        var profile = JsonNode.Parse(File.ReadAllText(ProfileFile))!;
        Assert.Single(profile["servers"]!.AsObject()).Value!["expiresAt"] = DateTimeOffset.UnixEpoch;
        File.WriteAllText(ProfileFile, profile.ToJsonString());
    }

    private async Task<string> SignInAsync(bool hasBus)
    {
        await using var run = Start(hasBus, "sign-in", "--server", servers.Address.GetLeftPart(UriPartial.Authority));
        var text = await run.WaitForAsync(text => Regex.IsMatch(text, "^    [A-Z]{4}-[A-Z]{4}$", RegexOptions.Multiline), "the code");
        var email = SignIns.NewEmail();
        using var browser = new Browser(servers.SignIn.Address);
        await browser.AskForCodeAsync(Regex.Match(text, "[A-Z]{4}-[A-Z]{4}").Value, email);
        await browser.SubmitAsync(("code", await servers.SignIn.CodeToAsync(email)));
        await browser.SubmitAsync(("name", "Ann Example"));
        await browser.SubmitAsync(("decision", "allow"));
        return (await run.EndAsync()).Succeeded().Error;
    }

    private async Task<ProgramResult> RunAsync(bool hasBus, params string[] arguments)
    {
        await using var run = Start(hasBus, arguments);
        return await run.EndAsync();
    }

    private static async Task<string> RunProgramAsync(string program, params string[] arguments)
    {
        await using var run = new ProgramRun(program, arguments);
        return (await run.EndAsync()).Succeeded().Out;
    }

    private ProgramRun Start(bool hasBus, params string[] arguments) => new("dotnet", [BuiltProgram.PathOf(BuiltProgram.Client), .. arguments], Environment(hasBus));

    private Dictionary<string, string?> Environment(bool hasBus) => new()
    {
        ["HOME"] = home,
        ["ORLEANSKD_HOME"] = null,
        ["XDG_CONFIG_HOME"] = null,
        ["XDG_DATA_HOME"] = null,
        ["XDG_STATE_HOME"] = null,
        ["XDG_CACHE_HOME"] = null,
        ["XDG_RUNTIME_DIR"] = null,
        ["DISPLAY"] = null,
        ["WAYLAND_DISPLAY"] = null,
        ["DBUS_SESSION_BUS_ADDRESS"] = hasBus ? BusAddress : null,
        ["NO_COLOR"] = "1",
    };

    private string BusAddress => $"unix:path={home}/bus";

    private async Task<ProgramRun> StartBusAsync()
    {
        var bus = new ProgramRun("dbus-daemon", ["--session", "--nofork", "--nopidfile", "--print-address", $"--address={BusAddress}"], Environment(hasBus: true));
        await bus.WaitForAsync(text => text.Contains("unix:path", StringComparison.Ordinal), "the session bus");
        return bus;
    }

    private async Task<ProgramRun> UnlockAsync()
    {
        var keyring = new ProgramRun("sh", ["-c", "exec gnome-keyring-daemon --foreground --unlock --components=secrets <<E\npassword\nE\n"], Environment(hasBus: true));
        await SignInServer.UntilAsync(
            async () =>
            {
                await using var look = new ProgramRun("dbus-send", ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"], Environment(hasBus: true));
                return (await look.EndAsync()).Out.Contains("true", StringComparison.Ordinal);
            },
            "the keyring on its bus");
        return keyring;
    }
}
