using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Terminate Session (rule F4): for good, and for a direct session with what becomes of the target.</summary>
internal sealed class TerminateDialog : FormDialog
{
    private readonly bool throughServer;
    private readonly Func<TargetFate?, CancellationToken, Task> terminate;
    private readonly OptionSelector fate = new() { X = 1, Y = 4, Labels = ["_Let the target run", "Leave it _stopped"], Value = 0 };

    public TerminateDialog(string sessionName, bool throughServer, DebuggerState debugger, Func<TargetFate?, CancellationToken, Task> terminate)
        : base("Terminate Session", "_Terminate", isHarmless: false)
    {
        (this.throughServer, this.terminate) = (throughServer, terminate);
        Height = 14;
        Add(new Label { X = 1, Y = 1, Width = Dim.Fill(1), CanFocus = false, Text = $"Terminate “{VisibleText.From(sessionName)}”? It can't be opened again." });
        Add(new Label { X = 1, Y = 2, Width = Dim.Fill(1), CanFocus = false, Text = About(throughServer, debugger) });
        if (!throughServer)
            Add(fate);
    }

    protected override void Submit()
    {
        TargetFate? target = throughServer ? null : fate.Value == 1 ? TargetFate.LeaveStopped : TargetFate.LetRun;
        _ = Request.RunAsync(cancellationToken => terminate(target, cancellationToken));
    }

    private static string About(bool throughServer, DebuggerState debugger) =>
        throughServer ? "The KD server and its target go on."
        : debugger == DebuggerState.Ready ? "THE TARGET IS STOPPED. What becomes of it?"
        : "What becomes of the target?";
}
