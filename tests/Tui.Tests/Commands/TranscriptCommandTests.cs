using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>The commands that write what a debugger prints: <c>sessions watch</c>, <c>export</c> and <c>run</c>.</summary>
public sealed class TranscriptCommandTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAtPromptAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Watch_UntilTerminated_WritesAPrefixOfTheExport()
    {
        var watch = new Cli(server);
        var watching = watch.RunAsync("sessions", "watch", server.SessionId);
        server.Transcript.AddOutput("one\r\ntwo");
        server.Transcript.Add(TranscriptEntryKind.SessionTerminated, entry => entry with { Author = ScriptedServer.Ann });
        // What the debugger still says while it leaves belongs to the transcript.
        server.Transcript.AddOutput("[detached]\n");
        server.Transcript.Add(TranscriptEntryKind.RunExited, entry => entry with { ExitCode = 0, Text = "gdb ended." });
        Assert.Equal(ExitCodes.Done, await watching);
        var export = new Cli(server);
        Assert.Equal(ExitCodes.Done, await export.RunAsync("sessions", "export", server.SessionId, "--format", "text"));
        Assert.Equal("── Session “Crash in ntfs” hosted by Ann Host (Contoso)\n(gdb) one\ntwo\n── Session terminated by Ann Host (Contoso)\n[detached]\n── Debugger exited with code 0: gdb ended.\n", export.Out);
        Assert.Equal(export.Out, watch.Out);
    }

    [Fact]
    public async Task Watch_WithJsonAfterASequence_WritesOneEntryOnALine()
    {
        server.Transcript.Add(TranscriptEntryKind.RunExited);
        server.Transcript.Add(TranscriptEntryKind.SessionTerminated);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "watch", server.SessionId, "--after", "1", "--json"));
        var entries = cli.Out.TrimEnd().Split('\n').Select(line => JsonSerializer.Deserialize<TranscriptEntry>(line, WireJson.Options)!).ToArray();
        Assert.Equal([2L, 3L, 4L], entries.Select(entry => entry.Sequence));
        Assert.Equal("(gdb) "u8.ToArray(), entries[0].Data.ToArray());
    }

    [Fact]
    public async Task Watch_WhenTerminatedAndNothingFollows_Ends()
    {
        server.Transcript.Add(TranscriptEntryKind.SessionTerminated);
        server.Details = server.DetailsOf(server.Summary(SessionState.Terminated, DebuggerState.Exited));
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "watch", server.SessionId, "--after", "3"));
        Assert.Equal("", cli.Out);
    }

    [Fact]
    public async Task Watch_WhenInterrupted_HasTheSignalsCode()
    {
        using var signal = new CancellationTokenSource();
        var running = new Cli(server).RunAsync(signal.Token, "sessions", "watch", server.SessionId);
        await server.Transcript.WaitFor(transcript => transcript.Acknowledged == 2, TestContext.Current.CancellationToken);
        await signal.CancelAsync();
        Assert.Equal(ExitCodes.Interrupted, await running);
    }

    [Fact]
    public async Task Export_ToAFile_WritesItAtOnce()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "export", server.SessionId, "-o", path));
            Assert.EndsWith("(gdb) ", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Run_WritesTheOutputWithoutThePrompt()
    {
        Answer("c1", () =>
        {
            Started("c1");
            server.Transcript.AddOutput("#0  main ()\n");
            server.Transcript.AddOutput("(gdb) ");
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = "c1" });
        });
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "run", server.SessionId, "@bt"));
        Assert.Equal("#0  main ()\n", cli.Out);
    }

    [Fact]
    public async Task Run_WhenTheTargetRuns_Returns()
    {
        Answer("c1", () =>
        {
            Started("c1");
            server.Transcript.AddOutput("Continuing.\n");
            server.Transcript.Add(TranscriptEntryKind.DebuggerStateChanged, entry => entry with { Debugger = DebuggerState.Running });
        });
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.TargetRuns, await cli.RunAsync("sessions", "run", server.SessionId, "continue"));
        Assert.Equal("Continuing.\n", cli.Out);
    }

    [Fact]
    public async Task Run_WhenTheTargetRunsAndItWaits_EndsWithThePrompt()
    {
        Answer("c1", () =>
        {
            Started("c1");
            server.Transcript.Add(TranscriptEntryKind.DebuggerStateChanged, entry => entry with { Debugger = DebuggerState.Running });
            server.Transcript.AddOutput("stopped\n(gdb) ");
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = "c1" });
        });
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "run", server.SessionId, "continue", "--wait"));
        Assert.Equal("stopped\n", cli.Out);
    }

    [Fact]
    public async Task Run_WhenCancelled_SaysWhy()
    {
        Answer("c1", () => server.Transcript.Add(TranscriptEntryKind.CommandCancelled, entry => entry with { CommandId = "c1", Text = "a Break came" }));
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Cancelled, await cli.RunAsync("sessions", "run", server.SessionId, "bt"));
        Assert.Contains("a Break came", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenTheDebuggerExits_SaysHow()
    {
        Answer("c1", () =>
        {
            Started("c1");
            server.Transcript.Add(TranscriptEntryKind.RunExited, entry => entry with { Signal = "SIGKILL" });
        });
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.DebuggerExited, await cli.RunAsync("sessions", "run", server.SessionId, "quit"));
        Assert.Contains("SIGKILL", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenAnotherCommandCompletes_GoesOnWaiting()
    {
        Answer("c1", () =>
        {
            server.Transcript.AddOutput("not mine\n");
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = "c0" });
            Started("c1");
            server.Transcript.AddOutput("mine");
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = "c1" });
        });
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "run", server.SessionId, "bt"));
        Assert.Equal("mine", cli.Out);
    }

    private void Answer(string id, Action then) => server.OnCommand = request =>
    {
        var entry = server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = id, Text = request.Text, Author = ScriptedServer.Ann });
        then();
        return new EnterCommandResponse(id, entry.Sequence);
    };

    private void Started(string id) => server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = id });
}
