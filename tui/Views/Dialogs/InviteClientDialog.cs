using System.Collections.ObjectModel;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Invite Client (rule C1): find people by address, gather up to ten, invite all of them or none.</summary>
internal sealed class InviteClientDialog : FormDialog
{
    private readonly InviteModel model;
    private readonly RequestModel search = new();
    private readonly RequestModel loading = new();
    private readonly TextField address = new();
    private readonly Label summary = new() { X = 1, Y = 2, Width = Dim.Fill(1), CanFocus = false };
    private readonly ObservableCollection<string> shown = [];
    private readonly ListView list = new() { X = 1, Y = 3, Width = Dim.Fill(1), Height = Dim.Fill(4) };
    private readonly Button remove = new() { Text = "_Remove", X = 1, Y = Pos.AnchorEnd(4), ShadowStyle = ShadowStyles.None };
    private UserSummary? last;

    public InviteClientDialog(SessionsClient sessions, string sessionId)
        : base("Invite Client", "_Invite")
    {
        model = new InviteModel(sessions, sessionId);
        Height = 20;
        AddField(0, "E-mail address:", address);
        address.Width = Dim.Fill(11);
        var find = new Button { Text = "_Find", X = Pos.AnchorEnd(10), Y = 0, ShadowStyle = ShadowStyles.None };
        find.Accepting += (_, e) =>
        {
            e.Handled = true;
            Find();
        };
        remove.Accepting += (_, e) =>
        {
            e.Handled = true;
            Remove();
        };
        list.SetSource(shown);
        list.KeyDown += (_, key) =>
        {
            if (key != Key.Delete && key != Key.Backspace)
                return;
            key.Handled = true;
            Remove();
        };
        search.Changed += Signal;
        loading.Changed += Signal;
        Add(find, summary, list, remove);
    }

    /// <summary>Enter in the address finds it; with an empty address it invites those found.</summary>
    protected override void Submit()
    {
        if (address.Text.Trim().Length > 0 || model.Found.Count == 0)
            Find();
        else if (model.Found.ToArray() is var people)
            _ = Request.RunAsync(cancellationToken => model.InviteAsync(people, cancellationToken));
    }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
            _ = loading.RunAsync(model.LoadAsync);
    }

    protected override void Refresh()
    {
        if (last is { } user && search.IsDone)
        {
            last = null;
            if (model.Add(user))
                shown.Add($"{EntryText.Person(user)} <{VisibleText.Line(user.Email)}>");
            address.Text = "";
        }
        summary.Text = model.Summary;
        remove.Enabled = model.Found.Count > 0;
        base.Refresh();
        ShowMessage(search.IsBusy ? "Looking…" : model.Found.Count > 0 ? "Enter invites, or find another one. Del in the list removes." : "", search.Problem);
    }

    private void Find()
    {
        var email = address.Text.Trim();
        if (model.WhyNotFind(email) is { } reason)
            Refuse(address, reason);
        else
            _ = search.RunAsync(async cancellationToken => last = await model.FindAsync(email, cancellationToken));
    }

    private void Remove()
    {
        if (list.SelectedItem is not { } row || row < 0 || row >= shown.Count)
            return;
        model.RemoveAt(row);
        shown.RemoveAt(row);
        Refresh();
    }
}
