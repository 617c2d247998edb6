using System.Text.Json;
using OrleansKd.Agent.SignIn;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A build machine where nobody signs in: its agent has a token for that computer alone, and a report's script one that only reads.</summary>
public sealed class ServiceTokenStory
{
    private const string Lab = "build-machine";

    [Fact]
    public async Task Agent_WithATokenForItsComputer_RunsSessionsThere_UntilTheTokenIsRevoked_AndItsDebuggerLivesOn()
    {
        await using var stage = await Stage.OpenAsync();
        var file = Path.Combine(stage.Folder, "lab.token");
        var made = (await stage.RunAsync("host", "tokens", "make", "lab agent", "--right", "host", "--computer", Lab, "--to", file, "--json")).Succeeded();
        var id = JsonDocument.Parse(made.Out).RootElement.GetProperty("id").GetString()!;
        var token = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        Assert.StartsWith("okd_", token, StringComparison.Ordinal);
        Assert.DoesNotContain(token, made.Out + made.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var read = (await stage.RunAsync("host", "tokens", "make", "report", "--right", "read", "--days", "1")).Succeeded();
        var reader = read.Out.Trim();
        Assert.Contains("not shown again", read.Error, StringComparison.Ordinal);
        var listed = (await stage.RunAsync("host", "tokens", "list")).Succeeded().Out;
        Assert.Contains("lab agent", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(reader, listed, StringComparison.Ordinal);
        var again = await stage.RunAsync("host", "tokens", "make", "another", "--right", "read", "--to", file);
        Assert.NotEqual(0, again.ExitCode);
        Assert.Contains("No token was made", again.Error, StringComparison.Ordinal);

        // The home of whoever runs the build machine: nobody has signed in there.
        var machine = new Dictionary<string, string?>(stage.Environment) { ["ORLEANSKD_HOME"] = Path.Combine(stage.Folder, "machine"), [GivenToken.Variable] = token };
        await using var agent = Start(machine, stage, "agent", "run", "--computer", Lab, "--token-file", file);
        await agent.WaitForAsync(text => text.Contains("connected to", StringComparison.Ordinal), "the agent's line 'connected to'");
        var hosted = await OnlineAsync(machine, stage, "sessions", "host", "--computer", Lab, "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", "nightly", "--json");
        var session = JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
        Assert.Contains("42", (await RunAsync(machine, stage, "sessions", "run", session, "print 6*7")).Succeeded().Out, StringComparison.Ordinal);
        // What the agent's debugger is told of it: nothing.
        Assert.Contains("gone", (await RunAsync(machine, stage, "sessions", "run", session, $"shell echo ${{{GivenToken.Variable}:-gone}}")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains(Lab, (await RunAsync(machine, stage, "sessions", "host", "--computer", "elsewhere", "--debugger", "/usr/bin/gdb", "--arguments", "", "--name", "n")).Error, StringComparison.Ordinal);
        Assert.Contains("signed in", (await RunAsync(machine, stage, "tokens", "list")).Error, StringComparison.Ordinal);

        machine[GivenToken.Variable] = reader;
        Assert.Contains("$1 = 42", (await RunAsync(machine, stage, "sessions", "export", session, "--format", "text")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains("only reads", (await RunAsync(machine, stage, "sessions", "run", session, "print 1")).Error, StringComparison.Ordinal);

        var debugger = int.Parse((await stage.RunAsync("host", "sessions", "run", session, "python import os; print('pid', os.getpid())")).Succeeded().Out.Split("pid ")[^1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
        (await stage.RunAsync("host", "tokens", "revoke", id)).Succeeded();
        await stage.UntilAsync(result => result.Out.Contains("offline", StringComparison.Ordinal), "host", "sessions", "list");
        machine[GivenToken.Variable] = token;
        var refused = await RunAsync(machine, stage, "sessions", "list");
        Assert.Contains("not known", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, refused.Error + agent.Out + agent.Error, StringComparison.Ordinal);
        // The network and the server may go away, and so may a token: the debugger and its target stay.
        Assert.True(Directory.Exists($"/proc/{debugger}"));

        // A new token in the same place, and all goes on.
        File.Delete(file);
        (await stage.RunAsync("host", "tokens", "make", "lab agent", "--right", "host", "--computer", Lab, "--to", file)).Succeeded();
        await stage.UntilAsync(result => result.Out.Contains("ready", StringComparison.Ordinal), "host", "sessions", "list");
        Assert.Contains("43", (await stage.RunAsync("host", "sessions", "run", session, "print 43")).Succeeded().Out, StringComparison.Ordinal);
    }

    private static ProgramRun Start(Dictionary<string, string?> machine, Stage stage, params string[] arguments) =>
        new("dotnet", [BuiltProgram.PathOf(BuiltProgram.Client), "--server", stage.Server, .. arguments], machine, stage.Folder);

    private static async Task<ProgramResult> RunAsync(Dictionary<string, string?> machine, Stage stage, params string[] arguments)
    {
        await using var run = Start(machine, stage, arguments);
        return await run.EndAsync();
    }

    /// <summary>The agent has said that it is connected; that it is registered may take a moment more.</summary>
    private static async Task<ProgramResult> OnlineAsync(Dictionary<string, string?> machine, Stage stage, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var result = await RunAsync(machine, stage, arguments);
            if (result.ExitCode == 0)
                return result;
            Assert.False(limit.IsCancellationRequested, result.Error);
        }
    }
}
