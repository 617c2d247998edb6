using System.Collections.ObjectModel;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Invite Client (rule C1): find people by address, gather up to ten, invite all of them or none.</summary>
internal sealed class InviteClientDialog : FormDialog
{
    private readonly SessionsClient sessions;
    private readonly string sessionId;
    private readonly RequestModel search = new();
    private readonly TextField address = new();
    private readonly ObservableCollection<string> shown = [];
    private readonly List<UserSummary> found = [];
    private readonly ListView list = new() { X = 1, Y = 5, Width = Dim.Fill(1), Height = Dim.Fill(4) };
    private UserSummary? last;

    public InviteClientDialog(SessionsClient sessions, string sessionId)
        : base("Invite Client", "_Invite")
    {
        (this.sessions, this.sessionId) = (sessions, sessionId);
        Height = 20;
        AddField(1, "E-mail address:", address);
        var find = new Button { Text = "_Find", X = 22, Y = 2 };
        find.Accepting += (_, e) =>
        {
            e.Handled = true;
            Find();
        };
        list.SetSource(shown);
        Add(find, new Label { X = 1, Y = 4, Text = $"To be invited (at most {Limits.InvitedClients} clients in a session):", CanFocus = false }, list);
    }

    /// <summary>Enter in the address finds it; with an empty address it invites those found.</summary>
    protected override void Submit()
    {
        if (address.Text.Trim().Length > 0)
            Find();
        else if (found.Count == 0)
            Request.Refuse("Type an e-mail address and find the person first.");
        else
            _ = Request.RunAsync(cancellationToken => sessions.InviteAsync(sessionId, [.. found.Select(user => user.Email)], cancellationToken));
    }

    protected override void Refresh()
    {
        if (last is { } user)
        {
            last = null;
            found.Add(user);
            shown.Add($"{EntryText.Person(user)} <{VisibleText.From(user.Email)}>");
            address.Text = "";
        }
        base.Refresh();
        if (found.Count > 0 && Request.Problem is null && !Request.IsBusy)
            ShowMessage("Enter invites, or find another one.");
    }

    private void Find()
    {
        var email = address.Text.Trim();
        if (found.Any(user => string.Equals(user.Email, email, StringComparison.OrdinalIgnoreCase)))
            Request.Refuse($"{email} is in the list already.");
        else if (found.Count == Limits.InvitedClients)
            Request.Refuse($"At most {Limits.InvitedClients} clients can be invited to a session.");
        else
            _ = FindAsync(email);
    }

    private async Task FindAsync(string email)
    {
        await search.RunAsync(async cancellationToken => last = await sessions.FindUserAsync(email, cancellationToken));
        Request.Refuse(search.Problem!);
    }
}
