using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>
/// A dialog that asks the server for something: stays open with everything that was typed until the server did it, and
/// shows in place why it did not.
/// </summary>
internal abstract class FormDialog : Dialog
{
    private const int MessageRows = 3;

    private readonly Label message = new() { X = 1, Y = Pos.AnchorEnd(MessageRows), Width = Dim.Fill(1), Height = MessageRows, CanFocus = false };
    private readonly Button accept;
    private readonly bool isHarmless;
    private Refresher? refresher;
    private View? mistaken;
    private string? lastProblem;

    /// <param name="isHarmless">Enter in a field submits, and the accepting button is the default one; else the other one is.</param>
    protected FormDialog(string title, string acceptText, bool isHarmless = true)
    {
        this.isHarmless = isHarmless;
        Title = title;
        Width = DialogWidth.Of(this, 90);
        Request.Changed += Signal;
        var cancel = new Button { Text = "_Cancel", IsDefault = !isHarmless };
        cancel.Accepting += (_, e) =>
        {
            e.Handled = true;
            App?.RequestStop(this);
        };
        accept = new Button { Text = acceptText, IsDefault = isHarmless };
        accept.Accepting += (_, e) =>
        {
            e.Handled = true;
            Submit();
        };
        Add(message);
        // The last one is the library's default.
        AddButton(isHarmless ? cancel : accept);
        AddButton(isHarmless ? accept : cancel);
    }

    /// <summary>The server did it.</summary>
    public bool IsDone => Request.IsDone;

    protected RequestModel Request { get; } = new();

    /// <summary>Puts the problem, else <paramref name="otherwise"/>, where it is seen.</summary>
    protected void ShowMessage(string otherwise, string? problem = null)
    {
        problem ??= Request.Problem;
        message.SchemeName = problem is null ? "Dialog" : "Error";
        message.Text = VisibleText.From(problem ?? (Request.IsBusy ? Request.Doing : otherwise));
        // What a debugger printed may be longer than its place here.
        if (problem is not null && problem != lastProblem && ProblemBox.Rows(message.Text, Math.Max(message.Frame.Width, 1)).Count > MessageRows)
            App?.Post(() => ProblemBox.Show(App!, Title, problem));
        lastProblem = problem;
    }

    /// <summary>Refuses what stands in a field before anything is asked: it is marked until it is changed, and has the focus.</summary>
    protected void Refuse(View field, string problem)
    {
        Unmark();
        (mistaken, field.SchemeName) = (field, "Error");
        field.SetFocus();
        Request.Refuse(problem);
    }

    /// <summary>There is something new to show; on any thread.</summary>
    protected void Signal() => refresher?.Signal();

    /// <summary>Starts the request, or refuses what was typed.</summary>
    protected abstract void Submit();

    /// <summary>Takes over what the request has now.</summary>
    protected virtual void Refresh()
    {
        accept.Enabled = !Request.IsBusy;
        ShowMessage("");
        if (Request.IsDone)
            App?.RequestStop(this);
        SetNeedsDraw();
    }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        refresher = newIsRunning ? new Refresher(App!, Refresh) : null;
        if (newIsRunning)
            Refresh();
    }

    /// <summary>Enter in a field. In the list that a field has opened it only chose something.</summary>
    protected override bool OnAccepting(CommandEventArgs args)
    {
        var source = args.Context?.Source is { } reference && reference.TryGetTarget(out var view) ? view : null;
        if (isHarmless && source is not ListView)
            Submit();
        return true;
    }

    /// <summary>The mark of a mistake, and what was said about it, are gone as soon as the field is changed.</summary>
    protected void Unmark()
    {
        if (mistaken is null)
            return;
        mistaken.SchemeName = null;
        mistaken = null;
        Request.Dismiss();
    }

    protected void AddField(int row, string label, View field)
    {
        field.TextChanged += (_, _) =>
        {
            if (field == mistaken)
                Unmark();
        };
        Add(new Label { Text = label, X = 1, Y = row, CanFocus = false });
        (field.X, field.Y, field.Width) = (22, row, Dim.Fill(1));
        Add(field);
    }
}
