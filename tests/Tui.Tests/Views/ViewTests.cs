using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>Views on a headless screen against a scripted server. Key defaults are the process's: one at a time.</summary>
[CollectionDefinition(nameof(ViewTests), DisableParallelization = true)]
[Collection(nameof(ViewTests))]
public sealed class ViewTests : IAsyncLifetime
{
    private static readonly ComputerSummary Here = new(ScriptedAgent.Computer, true, ["/usr/bin/gdb"]);
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.Transcript.Add(TranscriptEntryKind.SessionCreated, entry => entry with { Author = ScriptedServer.Ann, Text = "Crash in ntfs" });
        server.Transcript.AddOutput("(gdb) ");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task MainWindow_ShowsBothListsAndFollowsThem()
    {
        server.Sessions = [server.Summary(), server.Summary(SessionState.Closed) with { Id = "x", Name = "Evil \u202e\u001b[2J" }, server.Summary(isHost: false) with { Id = "y", Name = "Theirs" }];
        using var connection = server.Connect();
        await using var list = new SessionListModel(connection, TimeProvider.System);
        list.Start();
        using var window = new MainWindow(connection, list, TimeProvider.System);
        using var screen = new Screen(window);
        await screen.WaitFor("Crash in ntfs");
        Assert.Contains("closed (re-open: F7)", screen.Text, StringComparison.Ordinal);
        Assert.Contains("Evil ‹U+202E›␛[2J", screen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Theirs", screen.Text, StringComparison.Ordinal);
        Assert.Contains("Ann Host (Contoso)", screen.Text, StringComparison.Ordinal);
        server.Sessions = [server.Summary() with { Name = "Renamed" }];
        await screen.WaitFor("Renamed");
        server.Refusal = (503, ProblemCodes.Unavailable, "The storage does not answer.");
        await screen.WaitFor("The storage does not answer.");
        Assert.Contains("Renamed", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MainWindow_Escape_DoesNotQuit_CtrlQDoes()
    {
        using var connection = server.Connect();
        await using var list = new SessionListModel(connection, TimeProvider.System);
        using var window = new MainWindow(connection, list, TimeProvider.System);
        using var screen = new Screen(window);
        screen.Press(Key.Esc, Key.Esc);
        Assert.False(window.StopRequested);
        screen.Press(Key.Q.WithCtrl);
        Assert.True(window.StopRequested);
    }

    [Fact]
    public async Task CommandWindow_AsHost_EntersCommandsAndShowsWhoRanThem()
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
    public async Task CommandWindow_WhenTheServerRefuses_ShowsWhy()
    {
        await using var opened = await Open();
        opened.Screen.Type("bt").Press(Key.Enter);
        await opened.Screen.WaitFor("Only the host runs commands.");
    }

    [Fact]
    public async Task CommandWindow_AsClient_IsReadOnlyAndSaysWhy()
    {
        server.Details = server.DetailsOf(server.Summary(isHost: false));
        await using var opened = await Open();
        await opened.Screen.WaitFor("Only the host runs commands in this session.");
        Assert.Contains("client of Ann Host (Contoso)", opened.Screen.Text, StringComparison.Ordinal);
        opened.Screen.Type("bt").Press(Key.Enter);
        Assert.DoesNotContain("(gdb) bt", opened.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandWindow_Break_GoesAtOnce()
    {
        await using var opened = await Open();
        opened.Screen.Press(Key.C.WithCtrl.WithAlt);
        await opened.Screen.WaitFor(() => server.Requests.Count == 1);
        Assert.IsType<BreakRequest>(server.Requests[0].Body);
    }

    [Fact]
    public async Task CommandWindow_CtrlAltLetter_IsAControlKeyForTheDebugger()
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
    public async Task CommandWindow_WhenALineMayEndTheDebugger_AsksFirst(string kind, string line)
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
    public async Task CommandWindow_WhenTheLineIsCaretB_IsCtrlBWhereThatIsAKey()
    {
        server.Details = server.DetailsOf(server.Summary()) with { DebuggerKind = "kd" };
        await using var opened = await Open();
        opened.Screen.Type("^B").Press(Key.Enter);
        await opened.Screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal("b", Assert.IsType<PressKeyRequest>(server.Requests[0].Body).Key);
    }

    [Fact]
    public async Task CommandWindow_WhenTheTargetIsHeldByAFullSpool_SaysSoUntilItIsNot()
    {
        await using var opened = await Open();
        server.Transcript.Add(TranscriptEntryKind.SpoolStateChanged, entry => entry with { Spool = SpoolState.Holding, Text = "The target is held: the agent's disk is full" });
        await opened.Screen.WaitFor("HOLDING THE TARGET");
        await opened.Screen.WaitFor("The target is held: the agent's disk is full");
        server.Transcript.Add(TranscriptEntryKind.SpoolStateChanged, entry => entry with { Spool = SpoolState.Normal, Text = "The target is not held any more" });
        await opened.Screen.WaitFor(() => !opened.Screen.Text.Contains("HOLDING THE TARGET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CommandWindow_ShowsWhatTheDebuggerDoes()
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
    public async Task CommandWindow_WhenScrolledUp_StaysThereAndMarksNewOutput()
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

    [Fact]
    public async Task HostDialog_WhenRefused_KeepsWhatWasTyped()
    {
        using var connection = server.Connect();
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, Here, [Here]);
        using var screen = new Screen(dialog);
        Assert.Contains("/usr/bin/gdb", screen.Text, StringComparison.Ordinal);
        Assert.Contains("connected to its target directly", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Tab, Key.Tab).Type("-q ./target").Press(Key.Tab).Type("My crash").Press(Key.Enter);
        await screen.WaitFor("Read the caution above and confirm it");
        Assert.Empty(server.Requests);
        server.Refusal = (422, ProblemCodes.DebuggerNotStarted, "gdb printed: no such file ./target");
        screen.Press(Key.Tab, Key.Tab, Key.Space, Key.Tab.WithShift, Key.Enter);
        await screen.WaitFor("gdb printed: no such file ./target");
        Assert.Contains("My crash", screen.Text, StringComparison.Ordinal);
        server.Refusal = null;
        screen.Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal(new HostSessionRequest("kdbox", "/usr/bin/gdb", "-q ./target", "My crash", ""), Assert.Single(server.Requests).Body);
        Assert.Equal("My crash", dialog.Session!.Name);
    }

    [Fact]
    public async Task HostDialog_WhenNoAgentRunsHere_StartsOneAndHosts()
    {
        server.Agent.IsRunning = false;
        (server.Agent.Problem, var offline) = ("The agent ended while it started.", Here with { IsOnline = false, Debuggers = ["/opt/kd"] });
        using var connection = server.Connect();
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, offline, [offline, new("other", true, ["/opt/gdb"])]);
        using var screen = new Screen(dialog);
        Assert.Contains("kdbox", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Tab, Key.Tab).Type("-remote tcp:server=s,port=1").Press(Key.Tab).Type("N").Press(Key.Enter);
        await screen.WaitFor("The agent ended while it started.");
        Assert.Empty(server.Requests);
        server.Agent.Problem = null;
        screen.Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.True(server.Agent.IsRunning);
        Assert.Equal("kdbox", Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body).Computer);
    }

    [Fact]
    public async Task HostDialog_ThroughAServer_HasNoCaution()
    {
        using var connection = server.Connect();
        var here = Here with { Debuggers = ["/opt/kd"] };
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, here, [here]);
        using var screen = new Screen(dialog);
        screen.Press(Key.Tab, Key.Tab).Type("–remote tcp:server=s,port=1").Press(Key.Tab).Type("N").Press(Key.Enter);
        Assert.DoesNotContain("connected to its target directly", screen.Text, StringComparison.Ordinal);
        await screen.WaitFor(() => dialog.IsDone);
    }

    [Fact]
    public async Task InviteDialog_FindsThenInvitesAllAtOnce()
    {
        server.OnFind = email => email == "bob@fabrikam.example" ? ScriptedServer.Bob : null;
        using var connection = server.Connect();
        using var dialog = new InviteClientDialog(connection.Sessions, server.SessionId);
        using var screen = new Screen(dialog);
        screen.Type("eve@x").Press(Key.Enter);
        await screen.WaitFor("Nobody with the address eve@x can be invited.");
        screen.Press(Key.Backspace, Key.Backspace, Key.Backspace, Key.Backspace, Key.Backspace).Type("bob@fabrikam.example").Press(Key.Enter);
        await screen.WaitFor("Bob Guest (Fabrikam) <bob@fabrikam.example>");
        screen.Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal(["bob@fabrikam.example"], Assert.IsType<InviteRequest>(Assert.Single(server.Requests).Body).Emails);
    }

    [Fact]
    public async Task TerminateDialog_SaysThatTheTargetIsStopped_AndEnterAloneDoesNothing()
    {
        TargetFate? chosen = null;
        using var dialog = new TerminateDialog("Crash", throughServer: false, isStopped: true, (fate, _) =>
        {
            chosen = fate;
            return Task.CompletedTask;
        });
        using var screen = new Screen(dialog);
        Assert.Contains("THE TARGET IS STOPPED", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Enter);
        Assert.Null(chosen);
        screen.Press(Key.T.WithAlt);
        await screen.WaitFor(() => chosen == TargetFate.LetRun);
    }

    private async Task<OpenedWindow> Open(string until = "(gdb)")
    {
        var connection = server.Connect();
        var session = new SessionModel(connection, server.SessionId, TimeProvider.System);
        session.Start();
        var window = new CommandWindow(session, connection);
        var screen = new Screen(window);
        await screen.WaitFor(until);
        await screen.WaitFor("connected  debugger");
        return new OpenedWindow(screen, window, session, connection);
    }

    private sealed record OpenedWindow(Screen Screen, CommandWindow Window, SessionModel Session, Connection.ServerConnection Connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Session.DisposeAsync();
            Window.Dispose();
            Screen.Dispose();
            Connection.Dispose();
        }
    }
}
