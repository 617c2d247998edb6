using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>
/// Signs in: shows the page and the code, and closes by itself when the person has let this computer in. It may come up while
/// somebody types, so its buttons have no letters, and Enter at once does no harm.
/// </summary>
internal sealed class SignInDialog : Dialog
{
    private readonly SignInModel model;
    private readonly Label text = new() { X = 1, Width = Dim.Fill(1), Height = Dim.Auto(minimumContentDim: 5), CanFocus = false };
    private readonly Label message = new() { X = 1, Width = Dim.Fill(1), Height = Dim.Auto(minimumContentDim: 2), CanFocus = false };
    private readonly Button again = new();
    private readonly string? reason;
    private Refresher? refresher;

    /// <param name="reason">Why the person is asked now; null: they wanted it.</param>
    public SignInDialog(SignInModel model, string? reason = null)
    {
        (this.model, this.reason) = (model, reason);
        Title = VisibleText.Line($"Sign In to {model.Server.Authority}");
        Width = Dim.Auto(minimumContentDim: 70, maximumContentDim: Dim.Percent(90));
        message.Y = Pos.Bottom(text) + 1;
        var cancel = new Button { Text = "Cancel" };
        cancel.Accepting += (_, e) =>
        {
            e.Handled = true;
            App?.RequestStop(this);
        };
        again.Accepting += (_, e) =>
        {
            e.Handled = true;
            if (model.Now.Problem is null)
                model.OpenBrowser();
            else
                model.Start();
        };
        Add(text, message);
        AddButton(cancel);
        AddButton(again);
    }

    /// <summary>Somebody is signed in now.</summary>
    public bool IsDone => model.Now.Done is not null;

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
        {
            refresher = new Refresher(App!, Refresh);
            model.Changed += refresher.Signal;
            Refresh();
            again.SetFocus();
        }
        else if (refresher is not null)
        {
            model.Changed -= refresher.Signal;
        }
    }

    private void Refresh()
    {
        var now = model.Now;
        if (IsDone)
        {
            App?.RequestStop(this);
            return;
        }
        text.Text = VisibleText.From(string.Join('\n', Lines(now)));
        message.SchemeName = now.Problem is null ? "Dialog" : "Error";
        message.Text = VisibleText.From(now.Problem ?? now switch
        {
            { Request: null } => $"Asking {model.Server.Authority} for a code…",
            { IsInBrowser: true } => "A browser was opened. This goes on by itself when you are done there.",
            { IsInBrowser: false } => "No browser can be opened here. Use the one of any other computer, or your phone.",
            _ => "This goes on by itself when you have entered the code.",
        });
        again.Text = now.Problem is null ? "Open Browser" : "Try Again";
        SetNeedsLayout();
        SetNeedsDraw();
    }

    private IEnumerable<string> Lines(SignInModel.State now)
    {
        if (reason is not null)
            yield return reason + "\n";
        if (now.Request is not { } request)
            yield break;
        yield return "Open this page in a browser, on this computer or any other:";
        yield return $"  {request.Page}\n";
        yield return "and enter this code there:";
        yield return $"  {request.UserCode}";
    }
}
