using OrleansKd.Contracts;
using OrleansKd.Tui.Tests.Server;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>Entering commands in a Command window, and what it tells of debugger and session, on a headless screen against a scripted server.</summary>
[Collection(nameof(ViewCollection))]
public sealed class CommandWindowTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAtPromptAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task AsHost_EntersCommandsAndShowsWhoRanThem()
    {
        server.OnCommand = request =>
        {
            var entered = server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = "c1", Text = request.Text, Author = ScriptedServer.Ann });
            server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = "c1" });
            server.Transcript.AddOutput("#0  main ()\n\u001b[2Jred\n(gdb) ");
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = "c1" });
            return new EnterCommandResponse("c1", entered.Sequence);
        };
        await using var opened = await Open();
        opened.Screen.Type("bt").Press(Key.Enter);
        await opened.Screen.WaitFor("#0  main ()");
        Assert.Contains("(gdb) bt    ── Ann Host (Contoso)", opened.Screen.Text, StringComparison.Ordinal);
        Assert.Contains("␛[2Jred", opened.Screen.Text, StringComparison.Ordinal);
        Assert.Contains("host  connected  debugger ready", opened.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhenTheServerRefuses_ShowsWhy()
    {
        await using var opened = await Open();
        opened.Screen.Type("bt").Press(Key.Enter);
        await opened.Screen.WaitFor("Only the host runs commands.");
    }

    [Fact]
    public async Task AsClient_IsReadOnlyAndSaysWhy()
    {
        server.Details = server.DetailsOf(server.Summary(isHost: false));
        await using var opened = await Open();
        await opened.Screen.WaitFor("Only the host runs commands in this session.");
        Assert.Contains("client of Ann Host (Contoso)", opened.Screen.Text, StringComparison.Ordinal);
        opened.Screen.Type("bt").Press(Key.Enter);
        Assert.DoesNotContain("(gdb) bt", opened.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Break_GoesAtOnce()
    {
        await using var opened = await Open();
        opened.Screen.Press(Key.C.WithCtrl.WithAlt);
        await opened.Screen.WaitFor(() => server.Requests.Count == 1);
        Assert.IsType<BreakRequest>(server.Requests[0].Body);
    }

    [Fact]
    public async Task CtrlAltLetter_IsAControlKeyForTheDebugger()
    {
        await using var opened = await Open();
        opened.Screen.Press(Key.V.WithCtrl.WithAlt);
        await opened.Screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal("v", Assert.IsType<PressKeyRequest>(server.Requests[0].Body).Key);
    }

    [Theory]
    [InlineData("gdb", "quit")]
    [InlineData("gdb", "thread apply all quit")]
    [InlineData("kd", "k; qq")]
    public async Task WhenALineMayEndTheDebugger_AsksFirst(string kind, string line)
    {
        server.Details = server.DetailsOf(server.Summary()) with { DebuggerKind = kind };
        await using var opened = await Open();
        var sent = 0;
        server.OnCommand = _ => new EnterCommandResponse($"c{++sent}", 2);
        var asked = opened.Screen.Type(line).PressAndDismiss(Key.Enter);
        Assert.Contains("may end the debugger", asked, StringComparison.Ordinal);
        Assert.Equal(0, sent);
    }

    [Fact]
    public async Task WhenTheLineIsCaretB_IsCtrlBWhereThatIsAKey()
    {
        server.Details = server.DetailsOf(server.Summary()) with { DebuggerKind = "kd" };
        await using var opened = await Open();
        opened.Screen.Type("^B").Press(Key.Enter);
        await opened.Screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal("b", Assert.IsType<PressKeyRequest>(server.Requests[0].Body).Key);
    }

    [Fact]
    public async Task WhenTheTargetIsHeldByAFullSpool_SaysSoUntilItIsNot()
    {
        await using var opened = await Open();
        server.Transcript.Add(TranscriptEntryKind.SpoolStateChanged, entry => entry with { Spool = SpoolState.Holding, Text = "The target is held: the agent's disk is full" });
        await opened.Screen.WaitFor("HOLDING THE TARGET");
        await opened.Screen.WaitFor("The target is held: the agent's disk is full");
        server.Transcript.Add(TranscriptEntryKind.SpoolStateChanged, entry => entry with { Spool = SpoolState.Normal, Text = "The target is not held any more" });
        await opened.Screen.WaitFor(() => !opened.Screen.Text.Contains("HOLDING THE TARGET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ShowsWhatTheDebuggerDoes()
    {
        await using var opened = await Open();
        server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = "c1", Text = "c", Author = ScriptedServer.Ann });
        server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = "c1" });
        server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = "c2", Text = "bt", Author = ScriptedServer.Ann });
        server.Transcript.Add(TranscriptEntryKind.DebuggerStateChanged, entry => entry with { Debugger = DebuggerState.Running });
        await opened.Screen.WaitFor("*RUNNING*");
        await opened.Screen.WaitFor("1 in the queue");
        server.Transcript.Add(TranscriptEntryKind.SessionClosed, entry => entry with { Author = ScriptedServer.Ann });
        await opened.Screen.WaitFor("*CLOSED*");
        await opened.Screen.WaitFor("Re-open it from the Session menu");
        server.Transcript.Add(TranscriptEntryKind.SessionTerminated, entry => entry with { Author = ScriptedServer.Ann });
        await opened.Screen.WaitFor("its history stays to be read");
    }

    [Fact]
    public async Task WhenScrolledUp_StaysThereAndMarksNewOutput()
    {
        for (var line = 0; line < 500; line++)
            server.Transcript.AddOutput($"line {line}\n");
        await using var opened = await Open("line 499");
        opened.Screen.Press(Key.PageUp, Key.PageUp);
        var stayed = opened.Screen.Text;
        Assert.DoesNotContain("line 499", stayed, StringComparison.Ordinal);
        server.Transcript.AddOutput("news\n");
        await opened.Screen.WaitFor("▼ new output");
        Assert.Equal(stayed.Split('\n')[5], opened.Screen.Text.Split('\n')[5]);
        opened.Screen.Press(Key.End.WithCtrl);
        await opened.Screen.WaitFor("news");
        Assert.DoesNotContain("▼ new output", opened.Screen.Text, StringComparison.Ordinal);
        opened.Screen.Resize(80, 12);
        await opened.Screen.WaitFor("news");
        opened.Screen.Press(Key.Home.WithCtrl);
        await opened.Screen.WaitFor("hosted by Ann Host");
    }

    private Task<OpenedWindow> Open(string until = "(gdb)") => OpenedWindow.OpenAsync(server, until);
}
