using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.App;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Terminate Session (rules F4, F9): for good, for whom, and with what becomes of the target.</summary>
internal sealed class TerminateDialog : FormDialog
{
    private readonly bool throughServer;
    private readonly bool isStopped;
    private readonly Func<TargetFate?, CancellationToken, Task> terminate;
    private readonly OptionSelector fate = new() { X = 1, Y = 6, Labels = ["_Let the target run", "Leave it _stopped"], Value = 0 };

    /// <param name="audience">Who loses the session with this.</param>
    public TerminateDialog(string sessionName, bool throughServer, bool isStopped, Func<TargetFate?, CancellationToken, Task> terminate, string audience = "")
        : base("Terminate Session", "_Terminate", isHarmless: false)
    {
        (this.throughServer, this.isStopped, this.terminate) = (throughServer, isStopped, terminate);
        Height = 17;
        Add(new Label { X = 1, Y = 1, Width = Dim.Fill(1), CanFocus = false, Text = $"Terminate “{VisibleText.Line(sessionName)}”? It can't be opened again." });
        Add(new Label { X = 1, Y = 2, Width = Dim.Fill(1), Height = 2, CanFocus = false, Text = VisibleText.From(audience) });
        Add(new Label { X = 1, Y = 4, Width = Dim.Fill(1), CanFocus = false, Text = About() });
        if (IsAsked)
            Add(fate);
    }

    /// <summary>Asks about this session as it is now.</summary>
    public static void Ask(IApplication app, SessionsClient sessions, string sessionId) => DetailsRequest.Ask(app, sessions, sessionId, "Terminate Session", session =>
    {
        using var dialog = new TerminateDialog(
            session.Summary.Name, session.ThroughServer, session.Summary is { TargetIsStopped: true, Debugger: not DebuggerState.Exited },
            (target, cancellationToken) => sessions.TerminateAsync(sessionId, target, cancellationToken),
            AudienceText.Of(session) is { Length: > 0 } audience ? $"Clients can read its history for {Limits.TerminatedVisibleToClients.Days} more days. {audience}" : "");
        app.Run(dialog);
    });

    /// <summary>Through a server a target that runs goes on in any case.</summary>
    private bool IsAsked => !throughServer || isStopped;

    protected override void Submit()
    {
        TargetFate? target = !IsAsked ? null : fate.Value == 1 ? TargetFate.LeaveStopped : TargetFate.LetRun;
        _ = Request.RunAsync(cancellationToken => terminate(target, cancellationToken));
    }

    private string About() =>
        isStopped ? $"THE TARGET IS STOPPED{(throughServer ? "; its server goes on" : "")}. What becomes of it?"
        : throughServer ? "The server and its target go on."
        : "What becomes of the target?";
}
