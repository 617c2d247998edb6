using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Runs a suggested command as the host edits it (rule E9).</summary>
internal sealed class EditSuggestionDialog : FormDialog
{
    private readonly Func<string, bool> mayBeSent;
    private readonly Func<string, CancellationToken, Task> run;
    private readonly TextField command = new();

    public EditSuggestionDialog(SuggestedCommand suggested, Func<string, bool> mayBeSent, Func<string, CancellationToken, Task> run)
        : base("Edit Suggested Command", "_Run")
    {
        (this.mayBeSent, this.run) = (mayBeSent, run);
        Height = 9;
        command.Text = suggested.Text;
        Add(new Label { X = 1, Y = 1, Width = Dim.Fill(1), CanFocus = false, Text = $"Suggested by {EntryText.Person(suggested.Author)}; you run it." });
        AddField(2, "Command:", command);
    }

    protected override void Submit()
    {
        var text = command.Text.Trim();
        if (text.Length == 0)
            Request.Refuse("A command can't be empty. Cancel leaves the suggestion; Alt+X in the window dismisses it.");
        else if (mayBeSent(text))
            _ = Request.RunAsync(cancellationToken => run(text, cancellationToken));
    }
}
