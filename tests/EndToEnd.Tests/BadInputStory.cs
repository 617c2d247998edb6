using System.Text.Json;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>What people get wrong: each time a message that names the thing and the way out, and nothing half made.</summary>
public sealed class BadInputStory
{
    [Fact]
    public async Task Host_WhenSomethingIsWrong_IsToldWhatAndLeavesNothingHalfMade()
    {
        await using var stage = await Stage.OpenAsync();
        var notExecutable = Path.Combine(stage.Folder, "gdb");
        await File.WriteAllTextAsync(notExecutable, "no program", TestContext.Current.CancellationToken);

        await RefusedAsync(stage, ["sessions", "host", "--debugger", "/no/such/gdb", "--arguments", "", "--name", "n"], "/no/such/gdb");
        await RefusedAsync(stage, ["sessions", "host", "--debugger", notExecutable, "--arguments", "", "--name", "n"], notExecutable);
        await RefusedAsync(stage, ["sessions", "host", "--debugger", "/bin/ls", "--arguments", "", "--name", "n"], "/bin/ls");
        // It exits at once, and what it printed is shown.
        await RefusedAsync(stage, ["sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "--no-such-option", "--name", "n"], "no-such-option");
        await RefusedAsync(stage, ["sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx", "--name", ""], "name");
        await RefusedAsync(stage, ["sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx", "--name", "a\u001b[31mb"], "name");
        await RefusedAsync(stage, ["sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx", "--name", "n", "--computer", "nowhere"], "nowhere");
        Assert.Empty(JsonDocument.Parse((await stage.RunAsync("host", "sessions", "list", "--json")).Succeeded().Out).RootElement.EnumerateArray());

        var id = await stage.HostAsync(await SampleProgram.CompileAsync("crash", stage.Folder));
        await RefusedAsync(stage, ["sessions", "invite", id, "nobody@fabrikam.example"], "nobody@fabrikam.example");
        // All or nothing: the one who could be invited is not either.
        await RefusedAsync(stage, ["sessions", "invite", id, "client@fabrikam.example", "nobody@fabrikam.example"], "nobody@fabrikam.example");
        Assert.DoesNotContain(id, (await stage.RunAsync("client", "sessions", "list")).Succeeded().Out, StringComparison.Ordinal);

        var stranger = await stage.RunAsync("client", "sessions", "run", id, "bt");
        Assert.NotEqual(0, stranger.ExitCode);
        Assert.Contains("no such session", stranger.Error, StringComparison.Ordinal);

        var unreachable = await stage.RunAsync("host", "--server", "http://127.0.0.1:9", "sessions", "list");
        Assert.NotEqual(0, unreachable.ExitCode);
        Assert.Contains("http://127.0.0.1:9", unreachable.Error, StringComparison.Ordinal);

        // A second launcher on the same port and folder says so and leaves the first alone.
        await using var second = stage.StartLauncher();
        var refused = await second.EndAsync();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"{stage.Port}", refused.Error, StringComparison.Ordinal);
        (await stage.RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded();
    }

    private static async Task RefusedAsync(Stage stage, string[] arguments, string named)
    {
        var result = await stage.RunAsync("host", arguments);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }
}
