using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The main job: a host shares a live gdb, a client elsewhere watches it and joins late without missing a byte.</summary>
public sealed class SharedSessionStory
{
    [Fact]
    public async Task Host_WhenSharingAGdb_IsSeenLiveAndLateByteForByteAndStillThereAfterARestart()
    {
        await using var stage = await Stage.OpenAsync();
        var program = await SampleProgram.CompileAsync("crash", stage.Folder);
        var id = await stage.HostAsync(program);
        (await stage.RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();

        // The client watches live, in a terminal.
        var watching = await stage.TerminalAsync("client", "sessions", "watch", id);
        await watching.ShowsAsync("(gdb)");
        var run = (await stage.RunAsync("host", "sessions", "run", "--wait", id, "run")).Succeeded();
        Assert.Contains("SIGSEGV", run.Out, StringComparison.Ordinal);
        var backtrace = (await stage.RunAsync("host", "sessions", "run", id, "bt")).Succeeded();
        Assert.Contains("#0", backtrace.Out, StringComparison.Ordinal);
        Assert.Contains("main", backtrace.Out, StringComparison.Ordinal);
        await watching.ShowsAsync("in main");

        // Only the host runs commands.
        var refused = await stage.RunAsync("client", "sessions", "run", id, "bt");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Only the host", refused.Error, StringComparison.Ordinal);

        // But a client may suggest one; the transcript says who did and who ran it.
        (await stage.RunAsync("client", "sessions", "note", id, "look at the length")).Succeeded();
        var suggestion = (await stage.RunAsync("client", "sessions", "suggest", id, "info locals")).Succeeded().Out.Trim();
        (await stage.RunAsync("host", "sessions", "suggestions", "run", id, suggestion)).Succeeded();
        await watching.ShowsAsync("suggested by Clive Client (Fabrikam)");

        // A second window of the client joins late: the whole history, the same bytes.
        await using var late = stage.Start("client", "sessions", "watch", id);
        await late.WaitForAsync(text => text.Contains("in main", StringComparison.Ordinal), "the backtrace, late");
        var (host, client) = (await stage.ExportAsync("host", id), await stage.ExportAsync("client", id));
        Assert.Equal(host, client);
        Assert.StartsWith(late.Out.TrimEnd('\n'), client, StringComparison.Ordinal);
        Assert.Contains("SIGSEGV", client, StringComparison.Ordinal);

        // Everything stops and starts again: the transcript is still there, and says how the debugger ended.
        Assert.Equal(0, (await stage.StopAsync()).ExitCode);
        await stage.StartAsync();
        var after = await stage.ExportAsync("client", id);
        Assert.StartsWith(client, after, StringComparison.Ordinal);
        Assert.Contains(id, (await stage.RunAsync("host", "sessions", "list")).Succeeded().Out, StringComparison.Ordinal);
    }
}
