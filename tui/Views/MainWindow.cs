using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The sessions that the user hosts, those that they are invited to, and what can be done with them.</summary>
internal sealed class MainWindow : Window
{
    /// <summary>Columns from which details stand beside the list and leave it room for all that matters.</summary>
    private const int WideColumns = 120;

    private const int DetailsColumns = 46;
    private const int DetailsRows = 11;

    /// <summary>Rows from which there is room for details below the list, unless its user wants them elsewhere.</summary>
    private const int TallRows = 30;

    private const string Hints = "F1 help  F10 menu  F2 host  Enter open  / filter  d details  Ctrl+Q quit";

    /// <summary>Lists tell how long ago something was, in minutes.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);

    private readonly ServerConnection server;
    private readonly Desk desk;
    private readonly TimeProvider time;
    private readonly SessionListModel list;
    private readonly SelectedSession selected;
    private readonly KeyMap keys = new();
    private readonly Dictionary<SessionAction, MenuItem> items = [];
    private readonly Tabs tabs = new() { Y = 1 };
    private readonly SessionTable hosted;
    private readonly SessionTable joined;
    private readonly SessionDetailsPane details = new();
    private readonly Label account = new() { Y = 0, CanFocus = false, SchemeName = "Menu" };
    private readonly Label status = new() { Y = Pos.AnchorEnd(1), Width = Dim.Fill(), Height = 1, CanFocus = false, SchemeName = "Menu" };
    private Refresher? refresher;
    private object? ticking;
    private bool? wantsDetails;
    private string? notice;
    private bool noticeIsProblem;

    public MainWindow(ServerConnection server, SessionListModel list, Desk desk, TimeProvider time)
    {
        (this.server, this.list, this.desk, this.time) = (server, list, desk, time);
        BorderStyle = LineStyle.None;
        selected = new SelectedSession(server.Sessions, time);
        hosted = new SessionTable("Host Sessions", SessionColumns.OfHost, time);
        joined = new SessionTable("Client Sessions", SessionColumns.OfClient, time);
        keys.Section("Sessions");
        foreach (var item in SessionActions.All)
            keys.Add(KeyOf(item), item.What, () => Act(item.Action));
        keys.Section("Lists")
            .Add(new Key('/'), "Filter: only sessions with these words", () => Current.BeginFilter())
            .Add(Key.S, "Sort by the next column (also a click on its name)", () => Current.SortByNext())
            .Add(Key.S.WithShift, "Sort the other way round", () => Current.ReverseSort())
            .Add(Key.D, "Show or hide the details", ToggleDetails)
            .Add(Key.CursorRight, "The other list", SwitchList, Key.CursorLeft)
            .Add(Key.Esc, "End the filter", EndFilter)
            .Section("Everywhere")
            .AddRange("Alt+1 … Alt+9", "An open Command window", key => CommandWindow.NumberOf(key) is { } number ? () => GoTo(number) : null)
            .Add(Key.F1, "These keys", () => HelpDialog.Show(App!, keys))
            .Add(Key.Q.WithCtrl, "Quit; sessions go on", Quit);
        tabs.Add(hosted, joined);
        foreach (var table in (SessionTable[])[hosted, joined])
        {
            table.Opened += () => Act(SessionAction.Open);
            table.SelectionChanged += ShowSelection;
            table.WindowKey = TakeKey;
        }
        Add(Menu(), account, tabs, details, status);
    }

    private SessionTable Current => tabs.Value as SessionTable ?? hosted;

    private SessionSummary? Selected => Current.Selected;

    private bool ShowsDetails => wantsDetails ?? (Frame.Width >= WideColumns || Frame.Height >= TallRows);

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
        {
            refresher = new Refresher(App!, Refresh);
            list.Changed += refresher.Signal;
            selected.Changed += refresher.Signal;
            ticking = App!.AddTimeout(Tick, () =>
            {
                Refresh();
                return true;
            });
            App.Keyboard.KeyDown += NoticeWasRead;
            Refresh();
        }
        else if (refresher is not null)
        {
            list.Changed -= refresher.Signal;
            selected.Changed -= refresher.Signal;
            App!.RemoveTimeout(ticking!);
            App.Keyboard.KeyDown -= NoticeWasRead;
        }
    }

    protected override void OnFrameChanged(in System.Drawing.Rectangle frame)
    {
        base.OnFrameChanged(frame);
        Arrange();
    }

    protected override bool OnKeyDown(Key key) => TakeKey(key) || base.OnKeyDown(key);

    /// <summary>Enter with the tabs themselves focused: opens what is selected below.</summary>
    protected override bool OnKeyDownNotHandled(Key key)
    {
        if (key != Key.Enter || Selected is null)
            return base.OnKeyDownNotHandled(key);
        Act(SessionAction.Open);
        return true;
    }

    private bool TakeKey(Key key)
    {
        // The library's own Ctrl+Z stops the program where nobody sees that it was stopped.
        return keys.Press(key) || key == Key.Z.WithCtrl;
    }

    /// <summary>Whichever view takes the key.</summary>
    private void NoticeWasRead(object? sender, Key key)
    {
        if (notice is not null)
            Say(null);
    }

    private MenuBar Menu()
    {
        List<View> actions = [];
        foreach (var item in SessionActions.All)
        {
            if (item.BeginsGroup)
                actions.Add(new Line());
            actions.Add(items[item.Action] = Item(item.Menu, KeyOf(item)));
        }
        actions.AddRange([new Line(), Item("_Quit", Key.Q.WithCtrl)]);
        return new MenuBar(
        [
            new MenuBarItem("_Actions", actions),
            new MenuBarItem("_View",
            [
                Item("_Filter…", new Key('/')),
                Item("_Sort by Next Column", Key.S),
                Item("Sort the _Other Way Round", Key.S.WithShift),
                Item("_Details", Key.D),
                Item("Other _List", Key.CursorRight),
            ]),
            new MenuBarItem("_Help", [Item("_Keys", Key.F1)]),
        ]);
    }

    private MenuItem Item(string text, Key key) => keys.Item(text, key, action => App?.Post(action));

    private static Key KeyOf(SessionActionItem item) => Key.TryParse(item.Key, out var key) ? key : throw new ArgumentException($"'{item.Key}' is no key.", nameof(item));

    private void Refresh()
    {
        var now = list.Now;
        hosted.Show(now.Hosted, WhenEmpty.OfHost(now.Me, now.Problem, server.Server));
        joined.Show(now.Joined, WhenEmpty.OfClient(now.Me, now.Problem, server.Server));
        account.Text = now.Me is { } me ? $"{VisibleText.Line(me.Name)} ({VisibleText.Line(me.Company ?? "no company")}) at {server.Server.Authority} " : "";
        account.X = Pos.AnchorEnd();
        ShowSelection();
    }

    private void ShowSelection()
    {
        selected.Select(ShowsDetails ? Selected : null);
        details.Show(Selected, Selected is { } session ? selected.Of(session.Id) : null, time.GetUtcNow());
        foreach (var (action, item) in items)
            item.Enabled = SessionActions.WhyNot(action, Selected, list.Now.Me) is null;
        ShowStatus();
        SetNeedsDraw();
    }

    private void ShowStatus()
    {
        var now = list.Now;
        var said = notice ?? now.Problem;
        status.SchemeName = said is null || (notice is not null && !noticeIsProblem) ? "Menu" : "Error";
        status.Text = " " + VisibleText.Line(said ?? (now.Me is null ? $"Connecting to {server.Server} …" : PermissionText.News(now.Me, time.GetUtcNow()) ?? Hints));
        status.SetNeedsDraw();
    }

    /// <summary>In the status line until the next key.</summary>
    private void Say(string? what, bool isProblem = true)
    {
        (notice, noticeIsProblem) = (what, isProblem);
        ShowStatus();
    }

    /// <summary>Beside the list where there is room, else below it.</summary>
    private void Arrange()
    {
        var isWide = Frame.Width >= WideColumns;
        details.Visible = ShowsDetails;
        tabs.Width = ShowsDetails && isWide ? Dim.Fill(DetailsColumns) : Dim.Fill();
        tabs.Height = ShowsDetails && !isWide ? Dim.Fill(DetailsRows + 1) : Dim.Fill(1);
        details.X = isWide ? Pos.AnchorEnd(DetailsColumns) : 0;
        details.Y = isWide ? 1 : Pos.AnchorEnd(DetailsRows + 1);
        details.Width = isWide ? DetailsColumns : Dim.Fill();
        details.Height = isWide ? Dim.Fill(1) : DetailsRows;
    }

    private void ToggleDetails()
    {
        wantsDetails = !ShowsDetails;
        Arrange();
        ShowSelection();
    }

    private void SwitchList() => (Current == hosted ? joined : hosted).SetFocus();

    private void EndFilter()
    {
        if (Current.IsFiltering)
            Current.EndFilter();
    }

    /// <summary>Does it with the selected session, or says why not.</summary>
    private void Act(SessionAction action)
    {
        var session = Selected;
        if (SessionActions.WhyNot(action, session, list.Now.Me) is { } reason)
            Say(reason);
        else if (session is not null)
            Do(action, session);
        else
            Do(action);
        ShowSelection();
    }

    private void Do(SessionAction action)
    {
        switch (action)
        {
            case SessionAction.Host:
                Host();
                break;
            case SessionAction.Permissions:
                Run(new PermissionsDialog(server.Sessions));
                break;
            case SessionAction.Computers:
                Run(new ComputersDialog(server.Sessions, server.LocalAgent));
                break;
        }
    }

    private void Do(SessionAction action, SessionSummary session)
    {
        switch (action)
        {
            case SessionAction.Open:
                OpenWindow(session.Id);
                break;
            case SessionAction.Invite:
                Run(new InviteClientDialog(server.Sessions, session.Id));
                break;
            case SessionAction.People:
                Run(new PeopleDialog(server.Sessions, session.Id));
                break;
            case SessionAction.Close:
                CloseQuestion.Ask(App!, server.Sessions, session.Id);
                break;
            case SessionAction.Reopen:
                DetailsRequest.Do(App!, session.Name, cancellationToken => server.ReopenAsync(session.Id, new ReopenSessionRequest(), starting: null, cancellationToken));
                break;
            case SessionAction.ReopenElsewhere:
                ReopenDialog.Ask(App!, server, session.Id, session.Name);
                break;
            case SessionAction.Terminate:
                TerminateDialog.Ask(App!, server.Sessions, session.Id);
                break;
            case SessionAction.Export:
                Export(session);
                break;
            case SessionAction.Delete:
                EndQuestions.Delete(App!, server.Sessions, session.Id);
                break;
            case SessionAction.Leave:
                EndQuestions.Leave(App!, server.Sessions, session);
                break;
            default:
                Do(action);
                break;
        }
    }

    private void Export(SessionSummary session)
    {
        using var dialog = new ExportDialog(server.Sessions, session.Id, session.Name);
        App!.Run(dialog);
        if (dialog.Written is { } file)
            Say($"Written: {file}", isProblem: false);
    }

    private void Run(Dialog dialog)
    {
        using (dialog)
            App!.Run(dialog);
    }

    private void Host() => DetailsRequest.Ask(
        App!,
        "Host Session",
        async cancellationToken => (Here: await server.LocalAgent.DescribeAsync(cancellationToken), All: await server.Sessions.GetComputersAsync(cancellationToken)),
        found =>
        {
            using var dialog = new HostSessionDialog(server.Sessions, server.LocalAgent, found.Here, found.All);
            App!.Run(dialog);
            if (dialog.Session is { } session)
                OpenWindow(session.Id);
        });

    private void Quit()
    {
        if (LeaveQuestions.MayQuit(App!, list.Now.Sessions))
            App!.RequestStop(this);
    }

    private void GoTo(int number)
    {
        if (desk.SessionAt(number) is { } session)
            OpenWindow(session);
        else
            Say($"There is no window {number}: Enter opens the selected session in one.", isProblem: false);
    }

    private void OpenWindow(string sessionId)
    {
        if (desk.Show(App!, sessionId))
            App!.RequestStop(this);
    }
}
