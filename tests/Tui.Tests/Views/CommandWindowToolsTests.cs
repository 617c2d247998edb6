using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>What a Command window offers beside entering commands, on a headless screen against a scripted server.</summary>
[Collection(nameof(ViewCollection))]
public sealed class CommandWindowToolsTests : IAsyncLifetime
{
    private static readonly Key Fold = Key.Z.WithAlt;
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAtPromptAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Commands_AreBlocks_ToGoToFoldAndCopy()
    {
        Ran("bt", 3);
        Ran("info registers", 40);
        Ran("x/4i $pc", 4);
        await using var opened = await Open("x/4i $pc: 3");
        opened.Screen.Press(Key.CursorUp.WithCtrl, Key.CursorUp.WithCtrl, Fold);
        await opened.Screen.WaitFor("▸ (gdb) info registers    ── Ann Host (Contoso)  ⋯ 40 lines");
        Assert.DoesNotContain("info registers: 7", opened.Screen.Text, StringComparison.Ordinal);
        Assert.Contains("▾ (gdb) x/4i $pc", opened.Screen.Text, StringComparison.Ordinal);
        opened.Screen.Press(Fold);
        await opened.Screen.WaitFor("info registers: 7");
        opened.Screen.Press(Key.C.WithAlt);
        await opened.Screen.WaitFor("Copied 41 lines.");
        Assert.StartsWith("(gdb) info registers    ── Ann Host (Contoso)\ninfo registers: 0\n", opened.Screen.Clipboard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_CountsHitsAndGoesThroughThem()
    {
        Ran("bt", 30);
        Ran("info threads", 30);
        await using var opened = await Open("info threads: 29");
        opened.Screen.Press(Key.F.WithCtrl).Type("bt: 1");
        await opened.Screen.WaitFor("11 hits");
        opened.Screen.Press(Key.CursorUp);
        await opened.Screen.WaitFor("line 11 of 11, 11 hits");
        Assert.Contains("bt: 19", opened.Screen.Text, StringComparison.Ordinal);
        opened.Screen.Press(Key.CursorUp, Key.CursorDown, Key.CursorDown);
        await opened.Screen.WaitFor("line 1 of 11");
        opened.Screen.Press(Key.R.WithCtrl).Type("[");
        await opened.Screen.WaitFor("Not a regular expression");
        opened.Screen.Press(Key.Backspace).Type("$");
        await opened.Screen.WaitFor("1 hit ");
        opened.Screen.Press(Key.Esc).Type("x");
        await opened.Screen.WaitFor("(gdb) x");
        Assert.DoesNotContain("Find", opened.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_AreMarkedByKeysAndByTheMouse_AndCopied()
    {
        Ran("bt", 5);
        await using var opened = await Open("bt: 4");
        opened.Screen.Press(Key.CursorUp.WithShift, Key.CursorUp.WithShift, Key.CursorUp.WithShift, Key.C.WithCtrl);
        await opened.Screen.WaitFor("Copied 3 lines.");
        Assert.Equal("bt: 3\nbt: 4\n(gdb) ", opened.Screen.Clipboard.TrimEnd('\n'));
        var row = Array.FindIndex(opened.Screen.Text.Split('\n'), line => line.Contains("bt: 1", StringComparison.Ordinal));
        opened.Screen.Drag((4, row), (7, row + 1)).Press(Key.C.WithCtrl);
        await opened.Screen.WaitFor("Copied 2 lines.");
        Assert.Equal(": 1\nbt: 2", opened.Screen.Clipboard);
        // Nothing is marked any more: the same key is Break, which is asked once.
        Assert.Contains("Break into the target?", opened.Screen.PressAndDismiss(Key.C.WithCtrl), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggestion_IsRunEditedOrDismissedWithOneKey()
    {
        server.OnCommand = request => new EnterCommandResponse($"c-{request.Text}", 1);
        await using var opened = await Open();
        Suggest("s1", "bt full");
        Suggest("s2", "kill");
        await opened.Screen.WaitFor("1 of 2: Bob Guest (Fabrikam) suggests: bt full   Alt+R run");
        opened.Screen.Press(Key.R.WithAlt);
        server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = "c1", Text = "bt full", Author = ScriptedServer.Ann, Person = ScriptedServer.Bob, SuggestionId = "s1" });
        await opened.Screen.WaitFor("suggests: kill   Alt+R");
        opened.Screen.Press(Key.X.WithAlt);
        await opened.Screen.WaitFor(() => server.Requests.Any(request => request is (Routes.Suggestion, "s2")));
        server.Transcript.Add(TranscriptEntryKind.SuggestionDismissed, entry => entry with { SuggestionId = "s2", Author = ScriptedServer.Ann, Person = ScriptedServer.Bob, Text = "kill" });
        await opened.Screen.WaitFor(() => !opened.Screen.Text.Contains("Alt+R run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Client_WhoMayNotEnterCommands_SuggestsWhatIsTyped()
    {
        server.Details = server.DetailsOf(server.Summary(isHost: false));
        await using var opened = await Open("suggest>");
        await opened.Screen.WaitFor("Enter suggests yours.");
        opened.Screen.Type("bt");
        Assert.DoesNotContain("Enter suggests yours", opened.Screen.Text, StringComparison.Ordinal);
        opened.Screen.Press(Key.Enter);
        await opened.Screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal((Routes.Suggestions, new EnterCommandRequest("bt")), server.Requests[0]);
    }

    [Fact]
    public async Task Note_IsAdded()
    {
        await using var opened = await Open();
        using var dialog = new NoteDialog((text, cancellationToken) => opened.Connection.Sessions.AddNoteAsync(server.SessionId, text, cancellationToken));
        using var screen = new Screen(dialog);
        screen.Press(Key.Enter);
        await screen.WaitFor("Type what you want to note.");
        screen.Type("The third packet is empty.").Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal((Routes.Notes, new NoteRequest("The third packet is empty.")), server.Requests[0]);
    }

    [Fact]
    public async Task Queue_IsShownAndTakenFrom()
    {
        await using var opened = await Open();
        foreach (var command in (string[])["continue", "bt", "info locals"])
            server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = command, Text = command, Author = ScriptedServer.Bob });
        server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = "continue" });
        await opened.Screen.WaitFor("2 in the queue (Alt+Q)");
        using var dialog = new QueueDialog(opened.Session);
        using var screen = new Screen(dialog);
        await screen.WaitFor("info locals    ── Bob Guest (Fabrikam)");
        Assert.Contains("runs  continue", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.CursorDown, Key.Delete);
        await screen.WaitFor(() => server.Requests.Any(request => request is (Routes.Command, "bt")));
        server.Transcript.Add(TranscriptEntryKind.CommandCancelled, entry => entry with { CommandId = "bt" });
        await screen.WaitFor(() => !screen.Text.Contains("bt ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_WhoWatch_AreNamed()
    {
        server.Details = server.DetailsOf(server.Summary()) with { Present = [ScriptedServer.Bob, ScriptedServer.Ann], Operators = [new(ScriptedServer.Bob, OperatorRight.Inspect)] };
        await using var opened = await Open("Ann Host (host), Bob Guest (inspects)");
        server.Transcript.Add(TranscriptEntryKind.PersonLeft, entry => entry with { Person = ScriptedServer.Bob });
        await opened.Screen.WaitFor(() => !opened.Screen.Text.Contains("Bob Guest (inspects)", StringComparison.Ordinal));
        server.Transcript.Add(TranscriptEntryKind.PersonJoined, entry => entry with { Person = ScriptedServer.Bob });
        await opened.Screen.WaitFor("Ann Host (host), Bob Guest (inspects)");
        opened.Screen.Resize(60, 20);
        await opened.Screen.WaitFor("Ann Host (host) +1");
    }

    [Fact]
    public async Task Log_WritesWhatIsDurable_FromTheBeginningOrFromNowOn()
    {
        using var home = new SignIn.TemporaryHome();
        Ran("bt", 2);
        await using var opened = await Open("bt: 1");
        var whole = Path.Combine(home.Folder, "whole.log");
        opened.Session.OpenLog(whole, appends: false, isWhole: true);
        await opened.Screen.WaitFor("log whole.log");
        Ran("lm", 1);
        await opened.Screen.WaitFor(() => Read(whole).Contains("lm: 0\n(gdb) ", StringComparison.Ordinal));
        Assert.StartsWith("── Session “Crash in ntfs” hosted by Ann Host (Contoso)\n(gdb) bt    ── Ann Host (Contoso)\nbt: 0\n", Read(whole), StringComparison.Ordinal);
        Assert.Contains("is there already. Append to it", Assert.Throws<OrleansKd.Agent.Api.ProblemException>(() => opened.Session.OpenLog(whole, appends: false, isWhole: false)).Message, StringComparison.Ordinal);
        var before = Read(whole);
        opened.Session.OpenLog(whole, appends: true, isWhole: false);
        Ran("x", 1);
        await opened.Screen.WaitFor(() => Read(whole).EndsWith("x: 0\n(gdb) ", StringComparison.Ordinal));
        Assert.StartsWith(before, Read(whole), StringComparison.Ordinal);
        Assert.Equal(1, Read(whole).Split("lm: 0").Length - 1);
        opened.Session.CloseLog();
        await opened.Screen.WaitFor(() => !opened.Screen.Text.Contains("log whole.log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Paste_OfSeveralLines_IsAskedAboutAndEnteredInOrder()
    {
        List<string> entered = [];
        server.OnCommand = request =>
        {
            entered.AddRange([request.Text, .. request.More ?? []]);
            return new EnterCommandResponse("c", 1);
        };
        await using var opened = await Open();
        var asked = opened.Screen.PasteAndPress("bt\r\n\r\ninfo\tlocals\nx/i $pc\n", Key.E.WithAlt);
        Assert.Contains("Enter these 3 lines as commands?", asked, StringComparison.Ordinal);
        await opened.Screen.WaitFor(() => entered.Count == 3);
        Assert.Equal(["bt", "info locals", "x/i $pc"], entered);
        Assert.Contains("Enter these 2 lines", opened.Screen.PasteAndPress("a\nb", Key.Esc), StringComparison.Ordinal);
        Assert.Equal(3, entered.Count);
    }

    [Fact]
    public async Task Tab_CompletesTheCommand()
    {
        server.Details = server.DetailsOf(server.Summary()) with { DebuggerKind = "gdb" };
        await using var opened = await Open();
        opened.Screen.Type("info reg").Press(Key.Tab);
        await opened.Screen.WaitFor("(gdb) info registers");
        opened.Screen.Press(Key.A.WithCtrl, Key.Delete).Type("info s").Press(Key.Tab);
        await opened.Screen.WaitFor("info sharedlibrary  info signals  info source  info symbol");
        opened.Screen.Press(Key.Tab);
        await opened.Screen.WaitFor("(gdb) info signals");
    }

    [Fact]
    public async Task Windows_SeveralAtOnce_GoOnWhileAnotherIsLookedAt()
    {
        using var connection = server.Connect();
        await using var list = new SessionListModel(connection, TimeProvider.System);
        await using var desk = new Desk(connection, list, TimeProvider.System, new ClientSettings());
        using var empty = new Terminal.Gui.Views.Runnable();
        using var screen = new Screen(empty);

        // Opens the session, and goes back to the lists.
        screen.Next(screen => screen.Text.Contains("(gdb)", StringComparison.Ordinal), Key.D0.WithAlt);
        Assert.False(desk.Show(screen.App, server.SessionId));
        Assert.Equal((1, 1), (desk.Count, desk.NumberOf(server.SessionId)));
        server.Transcript.AddOutput("meanwhile\n");

        // It is the same window; then it is left for good.
        screen.Next(screen => screen.Text.Contains("meanwhile", StringComparison.Ordinal), Key.W.WithCtrl);
        screen.Next(screen => screen.Text.Contains("Leave only this window", StringComparison.Ordinal), Key.O.WithAlt);
        Assert.False(desk.Show(screen.App, server.SessionId));
        Assert.Equal(0, desk.Count);

        screen.Next(screen => screen.Text.Contains("meanwhile", StringComparison.Ordinal), Key.Q.WithCtrl);
        Assert.True(desk.Show(screen.App, server.SessionId));
    }

    [Theory]
    [InlineData(20, 6)]
    [InlineData(80, 24)]
    [InlineData(300, 100)]
    public async Task Window_AtAnySize_ShowsThePromptAndTheEnd(int columns, int rows)
    {
        Ran("bt", 200);
        await using var opened = await Open("bt: 199");
        opened.Screen.Press(Key.F.WithCtrl).Resize(columns, rows);
        await opened.Screen.WaitFor("bt: 199");
        Assert.All(opened.Screen.Text.TrimEnd('\n').Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= columns));
        opened.Screen.Press(Key.Esc, Key.PageUp, Key.CursorUp.WithCtrl, Fold, Key.F9).Resize(100, 30);
        await opened.Screen.WaitFor("⋯ 200 lines");
    }

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private void Suggest(string id, string command) =>
        server.Transcript.Add(TranscriptEntryKind.CommandSuggested, entry => entry with { SuggestionId = id, Text = command, Author = ScriptedServer.Bob });

    /// <summary>A command with its output, one line for each number below <paramref name="lines"/>.</summary>
    private void Ran(string command, int lines)
    {
        var id = $"c-{command}";
        server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = id, Text = command, Author = ScriptedServer.Ann });
        server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = id });
        server.Transcript.AddOutput(string.Concat(Enumerable.Range(0, lines).Select(line => $"{command}: {line}\n")));
        server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = id });
        server.Transcript.AddOutput("(gdb) ");
    }

    private Task<OpenedWindow> Open(string until = "(gdb)") => OpenedWindow.OpenAsync(server, until);
}
