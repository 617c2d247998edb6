using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>
/// A dialog that asks the server for something: stays open with everything that was typed until the server did it, and
/// shows in place why it did not.
/// </summary>
internal abstract class FormDialog : Dialog
{
    private readonly Label message = new() { X = 1, Y = Pos.AnchorEnd(3), Width = Dim.Fill(1), Height = 3, CanFocus = false };
    private readonly Button accept;
    private readonly bool isHarmless;
    private Refresher? refresher;

    /// <param name="isHarmless">Enter in a field submits, and the accepting button is the default one; else the other one is.</param>
    protected FormDialog(string title, string acceptText, bool isHarmless = true)
    {
        this.isHarmless = isHarmless;
        Title = title;
        Width = Dim.Percent(90);
        Request.Changed += () => refresher?.Signal();
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
        AddButton(cancel);
        AddButton(accept);
    }

    /// <summary>The server did it.</summary>
    public bool IsDone => Request.IsDone;

    protected RequestModel Request { get; } = new();

    /// <summary>Puts the problem, else <paramref name="otherwise"/>, where it is seen.</summary>
    protected void ShowMessage(string otherwise)
    {
        message.SchemeName = Request.Problem is null ? "Dialog" : "Error";
        message.Text = VisibleText.From(Request.Problem ?? (Request.IsBusy ? "Working…" : otherwise));
    }

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

    /// <summary>Enter in a field. In a list it only chose something.</summary>
    protected override bool OnAccepting(CommandEventArgs args)
    {
        if (isHarmless && MostFocused is not DropDownList)
            Submit();
        return true;
    }

    protected void AddField(int row, string label, View field)
    {
        Add(new Label { Text = label, X = 1, Y = row, CanFocus = false });
        (field.X, field.Y, field.Width) = (22, row, Dim.Fill(1));
        Add(field);
    }
}
