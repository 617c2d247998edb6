using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>A note for everybody in the session (rule E9).</summary>
internal sealed class NoteDialog : FormDialog
{
    private readonly Func<string, CancellationToken, Task> add;
    private readonly TextField text = new();

    public NoteDialog(Func<string, CancellationToken, Task> add)
        : base("Add Note", "_Add")
    {
        this.add = add;
        Height = 9;
        AddField(1, "Note:", text);
        Add(new Label { X = 1, Y = 2, Width = Dim.Fill(1), CanFocus = false, Text = "Everybody in the session reads it, now and later; the debugger never does." });
    }

    protected override void Submit()
    {
        if (text.Text.Trim().Length == 0)
            Request.Refuse("Type what you want to note.");
        else
            _ = Request.RunAsync(cancellationToken => add(text.Text.Trim(), cancellationToken));
    }
}
