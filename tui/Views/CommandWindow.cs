using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using Terminal.Gui.App;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The Command window: one session's transcript above, the command line below.</summary>
internal sealed class CommandWindow : Window
{
    private readonly SessionModel session;
    private readonly ServerConnection server;
    private readonly TranscriptView transcript;
    private readonly CommandLineView commandLine;
    private readonly Label prompt = new();
    private readonly Label advice = new() { CanFocus = false, Visible = false };
    private readonly Label status = new() { CanFocus = false };
    private Refresher? refresher;
    private bool hasAskedForBreak;

    public CommandWindow(SessionModel session, ServerConnection server)
    {
        (this.session, this.server) = (session, server);
        BorderStyle = Terminal.Gui.Drawing.LineStyle.None;
        var menu = new MenuBar(
        [
            new MenuBarItem("_Session",
            [
                Item("_Invite Client…", Key.F3, Invite),
                Item("_Break", Key.C.WithCtrl.WithAlt, Break),
                Item("_Close Session", Key.F6, Close),
                Item("_Re-open Session", Key.F7, () => _ = session.ReopenAsync()),
                Item("_Terminate Session…", Key.F8, Terminate),
                Item("Take the Session B_ack", Key.F4, session.TakeBack),
                Item("_Leave Window", Key.W.WithCtrl, () => App?.RequestStop(this)),
                Item("_Quit", Key.Q.WithCtrl, Quit),
            ]),
            new MenuBarItem("_View",
            [
                Item("_Time Stamps", Key.F9, ToggleTimes),
                Item("To _Start", Key.Home.WithCtrl, () => transcript!.GoToStart()),
                Item("To _End", Key.End.WithCtrl, () => transcript!.GoToTail()),
            ]),
            new MenuBarItem("_Help", [Item("_Keys", Key.F1, () => HelpDialog.Show(App!))]),
        ]);
        transcript = new TranscriptView(session.Transcript) { Y = 1, Width = Dim.Fill(), Height = Dim.Fill(2) };
        prompt.Y = Pos.AnchorEnd(2);
        commandLine = new CommandLineView(session.History) { X = Pos.Right(prompt) + 1, Y = Pos.AnchorEnd(2), Width = Dim.Fill() };
        (advice.X, advice.Y, advice.Width) = (Pos.Right(prompt) + 1, Pos.AnchorEnd(2), Dim.Fill());
        status.Y = Pos.AnchorEnd(1);
        status.Width = Dim.Fill();
        commandLine.WindowKey = TakeKey;
        commandLine.Entered += Enter;
        commandLine.BreakWanted += AskForBreak;
        commandLine.TextChanged += (_, _) => session.DismissProblemIfAny();
        Add(menu, transcript, prompt, commandLine, advice, status);
    }

    /// <summary>The whole client is to end.</summary>
    public bool IsQuitting { get; private set; }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
        {
            refresher = new Refresher(App!, Refresh);
            session.Changed += refresher.Signal;
            Refresh();
            commandLine.SetFocus();
        }
        else if (refresher is not null)
        {
            session.Changed -= refresher.Signal;
        }
    }

    protected override bool OnKeyDown(Key key) => TakeKey(key) || base.OnKeyDown(key);

    private bool TakeKey(Key key)
    {
        Action? action = key switch
        {
            _ when key == Key.Esc => Nothing,
            _ when key == Key.C.WithCtrl.WithAlt => Break,
            _ when LetterOf(key) is { } letter => () => PressKey(letter),
            _ when key == Key.Q.WithCtrl => Quit,
            _ when key == Key.W.WithCtrl => () => App?.RequestStop(this),
            _ when key == Key.F1 => () => HelpDialog.Show(App!),
            _ when key == Key.F3 => Invite,
            _ when key == Key.F4 => session.TakeBack,
            _ when key == Key.F6 => Close,
            _ when key == Key.F7 => () => _ = session.ReopenAsync(),
            _ when key == Key.F8 => Terminate,
            _ when key == Key.F9 => ToggleTimes,
            _ when key == Key.PageUp => () => transcript.ScrollBy(1 - transcript.Viewport.Height),
            _ when key == Key.PageDown => () => transcript.ScrollBy(transcript.Viewport.Height - 1),
            _ when key == Key.CursorUp.WithShift => () => transcript.ScrollBy(-1),
            _ when key == Key.CursorDown.WithShift => () => transcript.ScrollBy(1),
            _ when key == Key.Home.WithCtrl => transcript.GoToStart,
            _ when key == Key.End.WithCtrl => transcript.GoToTail,
            _ => null,
        };
        if (action is null)
            return false;
        action();
        ShowStatus(session.Now);
        return true;
    }

    private void Refresh()
    {
        var now = session.Now;
        Title = VisibleText.From(now.Name);
        prompt.Text = now.PromptText;
        commandLine.ReadOnly = !now.MayEnter;
        advice.Visible = !now.MayEnter;
        advice.Text = VisibleText.From(now.Advice ?? "");
        transcript.Refresh();
        ShowStatus(now);
        SetNeedsDraw();
    }

    private void ShowStatus(SessionSnapshot now)
    {
        status.SchemeName = now.Problem is null && now.EndedBecause is null ? "Menu" : "Error";
        status.Text = " " + (now.Problem is { } problem ? VisibleText.From(problem) : string.Join("  ", Parts(now)));
        status.SetNeedsDraw();
    }

    private IEnumerable<string> Parts(SessionSnapshot now)
    {
        if (transcript.HasNews)
            yield return "▼ new output (Ctrl+End)";
        yield return VisibleText.From(now.Name);
        yield return now switch
        {
            { IsHost: true } => "host",
            { Right: OperatorRight.Full } => $"operator with full control, session of {EntryText.Person(now.Host)}",
            { Right: OperatorRight.Inspect } => $"operator who may inspect, session of {EntryText.Person(now.Host)}",
            _ => $"client of {EntryText.Person(now.Host)}",
        };
        yield return now.Connection switch
        {
            FollowerState.Connected => "connected",
            FollowerState.Connecting => "connecting…",
            _ => "RECONNECTING: " + VisibleText.From(now.ConnectionProblem ?? ""),
        };
        yield return $"debugger {StateText.Of(now.Debugger)}";
        if (StateText.Warning(now.Spool) is { } warning)
            yield return warning;
        if (now.Queue.Count(item => !item.IsRunning) is var waiting and > 0)
            yield return $"{waiting} in the queue";
    }

    private void Enter(string line)
    {
        // “The line ^B means Ctrl+B” (rule E5), where Ctrl+B means something.
        if (line.Trim() is "^B" or "^b" && ControlKeys.Of(session.Now.DebuggerKind, 'b').Action is ControlKeyAction.Leave)
        {
            PressKey('b');
            return;
        }
        if (CommandGrammar.For(session.Now.DebuggerKind).QuitWordIn(line) is not null && MessageBox.Query(App!, "End the debugger?", $"“{VisibleText.From(line)}” may end the debugger, and with it this session, for everybody.", "_Send It", "_Cancel") != 0)
            return;
        transcript.GoToTail();
        _ = session.EnterAsync(line);
    }

    private void AskForBreak()
    {
        if (!session.Now.MayBreak)
            return;
        if (!hasAskedForBreak && MessageBox.Query(App!, "Break?", "Break into the target? It stops until it is let run again. You are asked once in this window.", "_Break", "_Cancel") != 0)
            return;
        hasAskedForBreak = true;
        Break();
    }

    /// <summary>The letter of Ctrl+Alt+letter, which is Ctrl+letter to the debugger (rule E5).</summary>
    private static char? LetterOf(Key key) => key.IsCtrl && key.IsAlt && key.NoCtrl.NoAlt.NoShift.KeyCode is >= Terminal.Gui.Drivers.KeyCode.A and <= Terminal.Gui.Drivers.KeyCode.Z and var code
        ? (char)('a' + (code - Terminal.Gui.Drivers.KeyCode.A))
        : null;

    private void PressKey(char letter)
    {
        if (letter == 'b' && session.Now.ThroughServer && MessageBox.Query(App!, "Leave the debugger?", "Ctrl+B makes this debugger leave its KD server, which goes on; the session ends here for everybody.", "_Press It", "_Cancel") != 0)
            return;
        _ = session.PressKeyAsync(letter);
    }

    private void Break() => _ = session.BreakAsync();

    private void Close()
    {
        var now = session.Now;
        CloseQuestion.Ask(App!, now.Name, now.TargetIsStopped, target => _ = session.CloseAsync(target));
    }

    private void Terminate()
    {
        var now = session.Now;
        using var dialog = new TerminateDialog(now.Name, now.ThroughServer, now.TargetIsStopped, (target, cancellationToken) => server.Sessions.TerminateAsync(session.Id, target, cancellationToken));
        App!.Run(dialog);
    }

    private void Invite()
    {
        using var dialog = new InviteClientDialog(server.Sessions, session.Id);
        App!.Run(dialog);
    }

    private void ToggleTimes()
    {
        transcript.ShowsTimes = !transcript.ShowsTimes;
        transcript.SetNeedsDraw();
    }

    private void Quit()
    {
        IsQuitting = true;
        App?.RequestStop(this);
    }

    private static void Nothing()
    {
    }

    /// <summary>A menu closes before its action runs, because the action may open a dialog.</summary>
    private MenuItem Item(string text, Key key, Action action) => new(text, "", () => App?.Post(action), key);
}
