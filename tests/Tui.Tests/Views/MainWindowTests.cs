using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>The lists and their Actions menu on a headless screen.</summary>
[Collection(nameof(ViewCollection))]
public sealed class MainWindowTests : IAsyncLifetime
{
    private ScriptedServer server = null!;
    private Connection.ServerConnection connection = null!;
    private SessionListModel list = null!;
    private MainWindow window = null!;
    private Screen? screen;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        connection = server.Connect();
        list = new SessionListModel(connection, TimeProvider.System);
        window = new MainWindow(connection, list, new Desk(connection, list, TimeProvider.System, new ClientSettings()), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await list.DisposeAsync();
        screen?.Dispose();
        window.Dispose();
        connection.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task ShowsBothListsAndFollowsThem()
    {
        server.Sessions = [server.Summary(), server.Summary(SessionState.Closed) with { Id = "x", Name = "Evil \u202e\u001b[2J" }, server.Summary(isHost: false) with { Id = "y", Name = "Theirs" }];
        using var connection = server.Connect();
        await using var list = new SessionListModel(connection, TimeProvider.System);
        list.Start();
        await using var desk = new Desk(connection, list, TimeProvider.System, new ClientSettings());
        using var window = new MainWindow(connection, list, desk, TimeProvider.System);
        using var screen = new Screen(window);
        await screen.WaitFor("Crash in ntfs");
        Assert.Contains("closed", screen.Text, StringComparison.Ordinal);
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
    public async Task Escape_DoesNotQuit_CtrlQDoes()
    {
        using var connection = server.Connect();
        await using var list = new SessionListModel(connection, TimeProvider.System);
        await using var desk = new Desk(connection, list, TimeProvider.System, new ClientSettings());
        using var window = new MainWindow(connection, list, desk, TimeProvider.System);
        using var screen = new Screen(window);
        screen.Press(Key.Esc, Key.Esc);
        Assert.False(window.StopRequested);
        screen.Press(Key.Q.WithCtrl);
        Assert.True(window.StopRequested);
    }

    [Fact]
    public async Task Down_AtFirst_SelectsTheNextSession()
    {
        server.Sessions = [server.Summary() with { LastActivityAt = ScriptedTranscript.Start.AddHours(1) }, server.Summary() with { Id = "x", Name = "The next one" }];
        await Open("┤Crash in ntfs├");
        Assert.Contains("┤The next one├", screen!.Press(Key.CursorDown).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quit_WhenATargetIsStopped_SaysSoFirst()
    {
        server.Sessions = [server.Summary() with { TargetIsStopped = true }];
        await Open("Crash in ntfs");
        var asked = screen!.PressAndDismiss(Key.Q.WithCtrl);
        Assert.Contains("THE TARGET of “Crash in ntfs” IS STOPPED", asked, StringComparison.Ordinal);
        Assert.False(window.StopRequested);
    }

    [Fact]
    public async Task Key_WhenTheActionIsImpossible_SaysWhyUntilTheNextKey()
    {
        server.Sessions = [server.Summary()];
        await Open("Crash in ntfs");
        Assert.Contains("open. Enter shows it.", screen!.Press(Key.F7).Text, StringComparison.Ordinal);
        Assert.Contains("Only a terminated session can be deleted.", screen.Press(Key.Delete).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Only a terminated", screen.Press(Key.CursorDown).Text, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task EmptyLists_SayWhatToDoFirst()
    {
        server.Me = server.Me with { MayHost = false };
        await Open("You may not host sessions yet. Ctrl+P asks an administrator of Contoso");
        Assert.Contains("You may not host sessions yet.", screen!.Press(Key.CursorRight).Press(Key.F2).Text, StringComparison.Ordinal);
        Assert.Contains("A host invites you by your address, ann@contoso.example", screen.Text, StringComparison.Ordinal);
        server.Me = server.Me with { MayHost = true };
        screen.Press(Key.CursorLeft);
        await screen.WaitFor("F2 hosts one");
    }

    [Fact]
    public async Task Filter_ShowsOnlyWhatMatches_UntilItEnds()
    {
        server.Sessions = [server.Summary(), server.Summary() with { Id = "b", Name = "Boot hang" }];
        await Open("Boot hang");
        screen!.Press(new Key('/')).Type("boot");
        Assert.DoesNotContain("Crash in ntfs", screen.Text, StringComparison.Ordinal);
        Assert.Contains("1 of 2", screen.Text, StringComparison.Ordinal);
        Assert.Contains("None of 2 sessions matches “bootx”", screen.Type("x").Text, StringComparison.Ordinal);
        screen.Press(Key.Backspace, Key.Enter, Key.Esc);
        Assert.Contains("Crash in ntfs", screen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Filter:", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sort_ByKeyAndByAClickOnTheName()
    {
        server.Sessions = [server.Summary(), server.Summary(SessionState.Closed) with { Id = "b", Name = "Boot hang" }];
        await Open("Boot hang");
        Assert.True(Row("Crash in ntfs") < Row("Boot hang"));
        screen!.Press(Key.S);
        Assert.True(Row("Boot hang") < Row("Crash in ntfs"));
        screen.Press(Key.S.WithShift);
        Assert.True(Row("Crash in ntfs") < Row("Boot hang"));
        screen.Click(2, Row("Name▼"));
        Assert.True(Row("Boot hang") < Row("Crash in ntfs"));
        Assert.True(Row("Name▲") > 0);
    }

    [Fact]
    public async Task Details_BesideAWideListAndBelowANarrowOne()
    {
        server.Sessions = [server.Summary() with { Description = "The third packet" }];
        server.Details = server.DetailsOf(server.Sessions[0]) with { Present = [ScriptedServer.Bob] };
        await Open("Crash in ntfs", 80, 24);
        Assert.DoesNotContain("The third packet", screen!.Text, StringComparison.Ordinal);
        screen.Press(Key.D);
        await screen.WaitFor("Here now  Bob Guest (Fabrikam)");
        Assert.True(Row("The third packet") > Row("ready"));
        screen.Press(Key.D).Resize(160, 50).Press(Key.D);
        await screen.WaitFor("The third packet");
        Assert.True(Row("Crash in ntfs├") < Row("Name"));
    }

    [Fact]
    public async Task Close_NamesWhoWatches_AndClosesWhenConfirmed()
    {
        server.Sessions = [server.Summary()];
        server.Details = server.DetailsOf(server.Sessions[0] with { TargetIsStopped = true }) with { Present = [ScriptedServer.Bob] };
        await Open("Crash in ntfs");
        var asked = await screen!.PressAndAnswer(Key.F6, Key.R.WithAlt);
        Assert.Contains("Watching now: Bob Guest (Fabrikam).", asked, StringComparison.Ordinal);
        Assert.Contains("THE TARGET IS STOPPED", asked, StringComparison.Ordinal);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal(new CloseSessionRequest(TargetFate.LetRun), server.Requests[0].Body);
    }

    [Fact]
    public async Task Delete_OfATerminatedSession_IsAskedAndDone()
    {
        server.Sessions = [server.Summary(SessionState.Terminated)];
        server.Details = server.DetailsOf(server.Sessions[0]);
        await Open("Crash in ntfs");
        Assert.Contains("Bob Guest (Fabrikam) can't read", await screen!.PressAndAnswer(Key.Delete, Key.D.WithAlt), StringComparison.Ordinal);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal(Routes.Delete, server.Requests[0].Route);
    }

    [Fact]
    public async Task Leave_AsAClient_IsAskedAndDone()
    {
        server.Sessions = [server.Summary(isHost: false) with { Invitation = InvitationState.Pending }];
        await Open("You host no session.");
        screen!.Press(Key.CursorRight);
        Assert.Contains("Decline the invitation", await screen.PressAndAnswer(Key.L.WithCtrl, Key.L.WithAlt), StringComparison.Ordinal);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal(Routes.Leave, server.Requests[0].Route);
    }

    [Fact]
    public async Task Help_NamesTheKeysOfTheMenu()
    {
        await Open("You host no session.");
        var help = screen!.PressAndDismiss(Key.F1);
        Assert.Contains("F5                 People", help, StringComparison.Ordinal);
        Assert.Contains("Ctrl+P             Your permissions", help, StringComparison.Ordinal);
    }

    private async Task Open(string until, int columns = 100, int rows = 30)
    {
        list.Start();
        screen = new Screen(window, columns, rows);
        await screen.WaitFor(until);
    }

    private int Row(string text) => Array.FindIndex(screen!.Text.Split('\n'), line => line.Contains(text, StringComparison.Ordinal));
}
