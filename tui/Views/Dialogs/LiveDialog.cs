using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>A dialog that shows what the server has, asked again while it is open, and changes it by buttons; it stays open until its user closes it.</summary>
internal abstract class LiveDialog : Dialog
{
    /// <summary>Nobody waits longer to see that somebody came, and the server hardly notices.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    private readonly LiveModel model;
    private readonly Label message = new() { X = 1, Y = Pos.AnchorEnd(2), Width = Dim.Fill(1), Height = 2, CanFocus = false };
    private Refresher? refresher;
    private object? ticking;

    protected LiveDialog(string title, LiveModel model)
    {
        this.model = model;
        (Title, Width) = (title, DialogWidth.Of(this, 95));
        Add(message);
    }

    /// <summary>Takes over what the model has now.</summary>
    protected abstract void Draw();

    /// <summary>A button in the dialog's last row; one that closes it is added last.</summary>
    protected Button AddAction(string text, Action action)
    {
        var button = new Button { Text = text };
        button.Accepting += (_, e) =>
        {
            e.Handled = true;
            action();
        };
        AddButton(button);
        return button;
    }

    protected void AddClose() => AddAction("_Close", () => App?.RequestStop(this)).IsDefault = true;

    protected void Refresh()
    {
        message.SchemeName = model.Problem is null ? "Dialog" : "Error";
        message.Text = VisibleText.From(model.Problem ?? (model.IsBusy ? "Working…" : ""));
        Draw();
        SetNeedsDraw();
    }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (!newIsRunning)
        {
            model.Changed -= refresher!.Signal;
            App?.RemoveTimeout(ticking!);
            return;
        }
        refresher = new Refresher(App!, Refresh);
        model.Changed += refresher.Signal;
        ticking = App!.AddTimeout(Pace, () =>
        {
            _ = model.RefreshAsync();
            return true;
        });
        _ = model.RefreshAsync();
        Refresh();
    }

    /// <summary>Enter in a field or list is for that alone.</summary>
    protected override bool OnAccepting(CommandEventArgs args) => true;
}
