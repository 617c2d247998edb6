using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The sessions that the user hosts, those that they are invited to, and what can be done with them.</summary>
internal sealed class MainWindow : Window
{
    private readonly ServerConnection server;
    private readonly TimeProvider time;
    private readonly SessionListModel list;
    private readonly Tabs tabs = new() { Y = 1, Width = Dim.Fill(), Height = Dim.Fill(1) };
    private readonly SessionTable hosted = new("Host Sessions", "You host no session. F2 hosts one.");
    private readonly SessionTable joined = new("Client Sessions", "You are not invited to a session.");
    private readonly Label status = new() { Y = Pos.AnchorEnd(1), Width = Dim.Fill(), CanFocus = false, SchemeName = "Menu" };
    private Refresher? refresher;

    public MainWindow(ServerConnection server, SessionListModel list, TimeProvider time)
    {
        (this.server, this.list, this.time) = (server, list, time);
        BorderStyle = Terminal.Gui.Drawing.LineStyle.None;
        var menu = new MenuBar(
        [
            new MenuBarItem("_Actions",
            [
                Item("_Host Session…", Key.F2, Host),
                Item("_Invite Client…", Key.F3, Invite),
                Item("_Open", Key.F4, Open),
                Item("_Close Session", Key.F6, Close),
                Item("_Re-open Session", Key.F7, () => Do(session => server.ReopenAsync(session.Id, new ReopenSessionRequest(), starting: null, CancellationToken.None))),
                Item("_Terminate Session…", Key.F8, Terminate),
                Item("_Quit", Key.Q.WithCtrl, () => App?.RequestStop(this)),
            ]),
            new MenuBarItem("_Help", [Item("_Keys", Key.F1, () => HelpDialog.Show(App!))]),
        ]);
        tabs.Add(hosted, joined);
        hosted.Opened += Open;
        joined.Opened += Open;
        Add(menu, tabs, status);
    }

    private SessionSummary? Selected => (tabs.Value as SessionTable)?.Selected;

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
        {
            refresher = new Refresher(App!, Refresh);
            list.Changed += refresher.Signal;
            Refresh();
        }
        else if (refresher is not null)
        {
            list.Changed -= refresher.Signal;
        }
    }

    protected override bool OnKeyDown(Key key)
    {
        Action? action = key switch
        {
            _ when key == Key.Esc || key == Key.Z.WithCtrl => () => { }
            ,
            _ when key == Key.Q.WithCtrl => () => App?.RequestStop(this),
            _ when key == Key.F1 => () => HelpDialog.Show(App!),
            _ when key == Key.F2 => Host,
            _ when key == Key.F3 => Invite,
            _ when key == Key.F4 => Open,
            _ when key == Key.F6 => Close,
            _ when key == Key.F7 => () => Do(session => server.ReopenAsync(session.Id, new ReopenSessionRequest(), starting: null, CancellationToken.None)),
            _ when key == Key.F8 => Terminate,
            _ => null,
        };
        if (action is null)
            return base.OnKeyDown(key);
        action();
        return true;
    }

    /// <summary>Enter with the tabs themselves focused: opens what is selected below.</summary>
    protected override bool OnKeyDownNotHandled(Key key)
    {
        if (key != Key.Enter || Selected is null)
            return base.OnKeyDownNotHandled(key);
        Open();
        return true;
    }

    private void Refresh()
    {
        var now = list.Now;
        hosted.Show(now.Hosted);
        joined.Show(now.Joined);
        status.SchemeName = now.Problem is null ? "Menu" : "Error";
        status.Text = " " + VisibleText.From(now.Problem ?? Greeting(now.Me));
        SetNeedsDraw();
    }

    private string Greeting(AccountSummary? me) => me is null
        ? $"Connecting to {server.Server} …"
        : $"{me.Name} ({me.Company ?? "no company"}) at {server.Server.Authority}{Notice(me)}   F1 help  F2 host  Enter open  F10 menu  Ctrl+Q quit";

    private string Notice(AccountSummary me) => PermissionText.News(me, time.GetUtcNow()) is { } news ? $"   {news}" : "";

    private void Host()
    {
        var computers = new RequestModel();
        ComputerSummary? here = null;
        ComputerSummary[] found = [];
        computers.Changed += () =>
        {
            if (computers.Problem is { } problem)
                App?.Post(() => MessageBox.ErrorQuery(App!, "Host Session", VisibleText.From(problem), "_OK"));
            else if (computers.IsDone)
                App?.Post(() => ShowHostDialog(here!, found));
        };
        _ = computers.RunAsync(async cancellationToken =>
        {
            here = await server.LocalAgent.DescribeAsync(cancellationToken);
            found = await server.Sessions.GetComputersAsync(cancellationToken);
        });
    }

    private void ShowHostDialog(ComputerSummary here, ComputerSummary[] computers)
    {
        using var dialog = new HostSessionDialog(server.Sessions, server.LocalAgent, here, computers);
        App!.Run(dialog);
        if (dialog.Session is { } session)
            OpenWindow(session.Id);
    }

    private void Open()
    {
        if (Selected is { } session)
            OpenWindow(session.Id);
    }

    private void OpenWindow(string sessionId)
    {
        var session = new SessionModel(server, sessionId, time);
        session.Start();
        using var window = new CommandWindow(session, server);
        App!.Run(window);
        _ = session.DisposeAsync().AsTask();
        if (window.IsQuitting)
            App.RequestStop(this);
    }

    private void Invite()
    {
        if (Selected is not { } session)
            return;
        using var dialog = new InviteClientDialog(server.Sessions, session.Id);
        App!.Run(dialog);
    }

    private void Close()
    {
        if (Selected is not { } session)
            return;
        CloseQuestion.Ask(App!, session.Name, session is { State: SessionState.Active, TargetIsStopped: true },
            target => Do(_ => server.Sessions.CloseAsync(session.Id, target, CancellationToken.None)));
    }

    private void Terminate()
    {
        if (Selected is not { } session)
            return;
        var details = new RequestModel();
        SessionDetails? found = null;
        details.Changed += () => App?.Post(() =>
        {
            if (details.Problem is { } problem)
                MessageBox.ErrorQuery(App!, "Terminate Session", VisibleText.From(problem), "_OK");
            else if (details.IsDone)
                ShowTerminateDialog(found!);
        });
        _ = details.RunAsync(async cancellationToken => found = await server.Sessions.GetSessionAsync(session.Id, cancellationToken));
    }

    private void ShowTerminateDialog(SessionDetails session)
    {
        using var dialog = new TerminateDialog(
            session.Summary.Name, session.ThroughServer, session.Summary is { TargetIsStopped: true, Debugger: not DebuggerState.Exited },
            (target, cancellationToken) => server.Sessions.TerminateAsync(session.Summary.Id, target, cancellationToken));
        App!.Run(dialog);
    }

    private void Do(Func<SessionSummary, Task> change)
    {
        if (Selected is not { } session)
            return;
        var request = new RequestModel();
        request.Changed += () =>
        {
            if (request.Problem is { } problem)
                App?.Post(() => MessageBox.ErrorQuery(App!, session.Name, VisibleText.From(problem), "_OK"));
        };
        _ = request.RunAsync(_ => change(session));
    }

    /// <summary>A menu closes before its action runs, because the action may open a dialog.</summary>
    private MenuItem Item(string text, Key key, Action action) => new(text, "", () => App?.Post(action), key);
}
