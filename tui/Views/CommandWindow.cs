using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Settings;
using Terminal.Gui.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>
/// The Command window: one session's transcript above, the command line below. Its keys are in <c>CommandWindow.Keys.cs</c>, what it asks for in
/// <c>CommandWindow.Actions.cs</c>.
/// </summary>
internal sealed partial class CommandWindow : Window
{
    /// <summary>Of the menu, beside which people are named.</summary>
    private const int MenuColumns = 33;

    /// <summary>Drawing a flood more often costs a processor and shows nobody more.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FloodPause = TimeSpan.FromMilliseconds(100);

    private readonly SessionModel session;
    private readonly ServerConnection server;
    private readonly Desk? desk;
    private readonly KeyMap keys;
    private readonly TranscriptView transcript;
    private readonly FindBar find;
    private readonly CommandLineView commandLine;
    private readonly Label people = new() { X = Pos.AnchorEnd(), CanFocus = false, SchemeName = "Menu" };
    private readonly Label suggestion = new() { Y = Pos.AnchorEnd(3), Width = Dim.Fill(), CanFocus = false, Visible = false, SchemeName = "Menu" };
    private readonly Label prompt = new() { Y = Pos.AnchorEnd(2), CanFocus = false };
    private readonly Label advice = new() { CanFocus = false, Visible = false };
    private readonly Label status = new() { Y = Pos.AnchorEnd(1), Width = Dim.Fill(), CanFocus = false };
    private Refresher? refresher;
    private bool hasAskedForBreak;
    private string? said;

    /// <summary>What the keys run, edit or dismiss: the one that is seen, whatever has come since.</summary>
    private SuggestedCommand? suggested;

    /// <param name="desk">The windows that are open; null: there are no others.</param>
    public CommandWindow(SessionModel session, ServerConnection server, Desk? desk = null, ClientSettings? settings = null)
    {
        (this.session, this.server, this.desk) = (session, server, desk);
        hasAskedForBreak = settings is { AskBeforeBreak: false };
        BorderStyle = LineStyle.None;
        var search = new TranscriptSearch(session.Transcript);
        transcript = new TranscriptView(session.Transcript, search) { Y = 1, Width = Dim.Fill(), ShowsTimes = settings is { TimeStamps: true } };
        find = new FindBar(transcript) { Y = Pos.AnchorEnd(3) };
        commandLine = new CommandLineView(session.History) { X = Pos.Right(prompt) + 1, Y = Pos.AnchorEnd(2), Width = Dim.Fill() };
        (advice.X, advice.Y, advice.Width) = (Pos.Right(prompt) + 2, Pos.AnchorEnd(2), Dim.Fill());
        keys = MakeKeys();
        commandLine.WindowKey = TakeKey;
        commandLine.Entered += Enter;
        commandLine.LinesPasted += EnterAll;
        commandLine.Offered += words => Say(string.Join("  ", words));
        commandLine.TextChanged += (_, _) => ShowAdvice(session.Now);
        search.Changed += () => refresher?.Signal();
        find.Closed += () =>
        {
            Arrange();
            commandLine.SetFocus();
        };
        Add(MakeMenu(), people, transcript, find, suggestion, prompt, commandLine, advice, status);
        Arrange();
    }

    /// <summary>Where its user went when it last went from the screen.</summary>
    public WindowExit Exit { get; private set; }

    /// <summary>For <see cref="WindowExit.GoToWindow"/>: which one, from 1.</summary>
    public int NextNumber { get; private set; }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
        {
            Exit = WindowExit.GoToLists;
            refresher = new Refresher(App!, Refresh, Pause, FloodPause);
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

    /// <summary>Typing goes to the command line wherever the focus is.</summary>
    protected override bool OnKeyDownNotHandled(Key key)
    {
        if (find.HasFocus || commandLine.HasFocus || key.IsCtrl || key.IsAlt || key.AsRune.Value < ' ')
            return base.OnKeyDownNotHandled(key);
        commandLine.SetFocus();
        return commandLine.NewKeyDownEvent(key);
    }

    private bool TakeKey(Key key)
    {
        if (find.HasFocus && FindBar.Takes(key))
            return false;
        // What was said was read; what the key does may say something else.
        said = null;
        session.DismissProblemIfAny();
        if (!keys.Press(key))
            return false;
        ShowStatus(session.Now);
        return true;
    }

    /// <summary>How many rows the bars below leave for the transcript.</summary>
    private void Arrange()
    {
        var bars = (find.Visible ? 1 : 0) + (suggestion.Visible ? 1 : 0);
        find.Y = Pos.AnchorEnd(suggestion.Visible ? 4 : 3);
        transcript.Height = Dim.Fill(2 + bars);
        SetNeedsLayout();
    }

    private void Refresh()
    {
        var now = session.Now;
        Title = VisibleText.Line(now.Name);
        prompt.Text = now.PromptText;
        commandLine.ReadOnly = !now.MayEnter && !now.MaySuggest;
        commandLine.DebuggerKind = now.DebuggerKind;
        ShowPeople(now);
        ShowAdvice(now);
        ShowSuggestion(now);
        transcript.Refresh();
        find.Refresh();
        ShowStatus(now);
    }

    protected override void OnViewportChanged(DrawEventArgs e)
    {
        base.OnViewportChanged(e);
        if (e.OldViewport.Width != e.NewViewport.Width)
            ShowPeople(session.Now);
    }

    private void ShowPeople(SessionSnapshot now) => people.Text = PeopleText.Bar(now, Math.Max(0, Viewport.Width - MenuColumns - 1)) + " ";

    private void ShowAdvice(SessionSnapshot now)
    {
        advice.Visible = !now.MayEnter && commandLine.Text.Length == 0;
        advice.Text = VisibleText.Line(now.Advice ?? "");
    }

    private void ShowSuggestion(SessionSnapshot now)
    {
        var first = now is { IsHost: true, Suggestions: [var oldest, ..] } ? oldest : null;
        suggested = first;
        if (suggestion.Visible != first is not null)
        {
            suggestion.Visible = first is not null;
            Arrange();
        }
        if (first is not null)
            suggestion.Text = $" {(now.Suggestions.Count > 1 ? $"1 of {now.Suggestions.Count}: " : "")}{EntryText.Person(first.Author)} suggests: {EntryText.Safe(first.Text)}   Alt+R run  Alt+E edit  Alt+X dismiss";
    }

    private void Say(string text)
    {
        said = text;
        ShowStatus(session.Now);
    }

    private void ShowStatus(SessionSnapshot now)
    {
        var isBad = now.Problem is not null || now.EndedBecause is not null || session.Log?.Problem is not null;
        status.SchemeName = isBad ? "Error" : "Menu";
        status.Text = " " + VisibleText.Line(now.Problem ?? session.Log?.Problem ?? said ?? string.Join("  ", Parts(now)));
        status.SetNeedsDraw();
    }

    /// <summary>The most important first: what does not fit is not seen.</summary>
    private IEnumerable<string> Parts(SessionSnapshot now)
    {
        if (transcript.Screen.HasNews)
            yield return "▼ new output (Ctrl+End)";
        if (StateText.Warning(now.Spool) is { } warning)
            yield return warning;
        if (now.Connection is FollowerState.Reconnecting)
            yield return "RECONNECTING: " + now.ConnectionProblem;
        yield return desk is { Count: > 1 } ? $"{desk.NumberOf(session.Id)}/{desk.Count} {now.Name}" : now.Name;
        yield return now switch
        {
            { IsHost: true } => "host",
            { Right: OperatorRight.Full } => $"operator with full control, session of {EntryText.Person(now.Host)}",
            { Right: OperatorRight.Inspect } => $"operator who may inspect, session of {EntryText.Person(now.Host)}",
            _ => $"client of {EntryText.Person(now.Host)}",
        };
        if (now.Connection is not FollowerState.Reconnecting)
            yield return now.Connection is FollowerState.Connected ? "connected" : "connecting…";
        yield return $"debugger {StateText.Of(now.Debugger)}";
        if (now.IsContinued)
            yield return "more of the command before";
        if (now.Queue.Count(item => !item.IsRunning) is var waiting and > 0)
            yield return $"{waiting} in the queue (Alt+Q)";
        if (session.Log is { } log)
            yield return $"log {Path.GetFileName(log.Path)}";
    }
}
