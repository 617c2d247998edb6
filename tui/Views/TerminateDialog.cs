using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Terminate Session (rules F4, F9): for good, and with what becomes of the target.</summary>
internal sealed class TerminateDialog : FormDialog
{
    private readonly bool throughServer;
    private readonly bool isStopped;
    private readonly Func<TargetFate?, CancellationToken, Task> terminate;
    private readonly OptionSelector fate = new() { X = 1, Y = 4, Labels = ["_Let the target run", "Leave it _stopped"], Value = 0 };

    public TerminateDialog(string sessionName, bool throughServer, bool isStopped, Func<TargetFate?, CancellationToken, Task> terminate)
        : base("Terminate Session", "_Terminate", isHarmless: false)
    {
        (this.throughServer, this.isStopped, this.terminate) = (throughServer, isStopped, terminate);
        Height = 14;
        Add(new Label { X = 1, Y = 1, Width = Dim.Fill(1), CanFocus = false, Text = $"Terminate “{VisibleText.From(sessionName)}”? It can't be opened again." });
        Add(new Label { X = 1, Y = 2, Width = Dim.Fill(1), CanFocus = false, Text = About() });
        if (IsAsked)
            Add(fate);
    }

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
