using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Permissions (rule A2): the user's own, with what they can ask for; for administrators also who waits for a decision.</summary>
internal sealed class PermissionsDialog : LiveDialog
{
    private const int SmallRows = 14, LargeRows = 23;
    private readonly PermissionsModel model;
    private readonly Label own = new() { X = 1, Width = Dim.Fill(1), Height = 3, CanFocus = false };
    private readonly View asking = new() { X = 1, Y = 3, Width = Dim.Fill(1), Height = 2, CanFocus = true };
    private readonly CheckBox host = new() { X = 10, Text = "_Host Sessions" };
    private readonly CheckBox join = new() { X = 28, Text = "_Join Sessions" };
    private readonly TextField reason = new() { X = 10, Y = 1, Width = Dim.Fill(12) };
    private readonly View deciding = new() { X = 1, Width = Dim.Fill(1), Height = Dim.Fill(2), CanFocus = true };
    private readonly PlainTable waiting = new() { Y = 1, Height = Dim.Fill(4) };
    private readonly Label about = new() { Y = Pos.AnchorEnd(4), Width = Dim.Fill(), Height = 2, CanFocus = false };
    private readonly Label part = new() { Text = "Decide on:", Y = Pos.AnchorEnd(2), CanFocus = false };
    private readonly CheckBox decidesHost = new() { X = 14, Y = Pos.AnchorEnd(2), Text = "Host Sess_ions" };
    private readonly CheckBox decidesJoin = new() { X = 32, Y = Pos.AnchorEnd(2), Text = "Join Sessio_ns" };
    private readonly TextField answer = new() { X = 14, Y = Pos.AnchorEnd(1), Width = Dim.Fill() };
    private readonly Button approve;
    private readonly Button deny;
    private PermissionRequestSummary? offered;

    public PermissionsDialog(SessionsClient sessions)
        : this(new PermissionsModel(sessions))
    {
    }

    private PermissionsDialog(PermissionsModel model)
        : base("Permissions", model)
    {
        this.model = model;
        Height = SmallRows;
        var ask = new Button { Text = "_Ask", X = Pos.AnchorEnd(), Y = 1, ShadowStyle = ShadowStyles.None };
        ask.Accepting += (_, e) =>
        {
            e.Handled = true;
            Ask();
        };
        asking.Add(Caption("Ask for:"), host, join, Caption("Reason:", row: 1), reason, ask);
        deciding.Add(Caption("Waiting for your decision:"), waiting, about, part, decidesHost, decidesJoin, new Label { Text = "Your _reason:", Y = Pos.AnchorEnd(1) }, answer);
        waiting.ValueChanged += (_, _) => ShowSelected();
        Add(own, asking, deciding);
        approve = AddAction("A_pprove", () => Decide(Routes.ApprovePermissions));
        deny = AddAction("_Deny", () => Decide(Routes.DenyPermissions));
        AddClose();
    }

    private PermissionRequestSummary? Selected => waiting.Row is >= 0 and var row && row < model.Requests.Count ? model.Requests[row] : null;

    protected override void Draw()
    {
        own.Text = VisibleText.From(model.Own is null ? "" : string.Join('\n', PermissionText.Own(model.Own)));
        asking.Visible = model.Askable.Count > 0;
        host.Visible = model.Askable.Contains(Permission.Host);
        join.Visible = model.Askable.Contains(Permission.Join);
        deciding.Y = asking.Visible ? 6 : 4;
        Height = model.Own?.IsAdministrator is true ? LargeRows : SmallRows;
        deciding.Visible = approve.Visible = deny.Visible = model.Own?.IsAdministrator is true;
        var selected = Selected is { } known ? model.Requests.ToList().FindIndex(request => request.User.Email == known.User.Email) : 0;
        waiting.Show(
            model.Requests,
            selected,
            [
                ("Person", 28, request => VisibleText.Line(request.User.Name)),
                ("Asks for", 31, request => PermissionText.Of(request.Permissions)),
                ("Since", 10, request => AgeText.At(request.At)[..10]),
            ]);
        ShowSelected();
    }

    private void ShowSelected()
    {
        approve.Enabled = deny.Enabled = Selected is not null && !model.IsBusy;
        about.Text = Selected is { } request
            ? VisibleText.From($"{request.User.Name} <{request.User.Email}>{(request.Reason is { } why ? $": {why}" : " gave no reason.")}")
            : "Nobody waits.";
        OfferPart();
        about.SetNeedsDraw();
    }

    /// <summary>Who asks for both may get one now, and an answer about the other later: all is marked until the administrator changes it.</summary>
    private void OfferPart()
    {
        var request = Selected;
        part.Visible = decidesHost.Visible = decidesJoin.Visible = request?.Permissions.Length > 1;
        if (request?.User.Email == offered?.User.Email && request?.At == offered?.At)
            return;
        offered = request;
        decidesHost.Value = decidesJoin.Value = CheckState.Checked;
    }

    private void Ask()
    {
        Permission[] wanted = [.. model.Askable.Where(permission => (permission is Permission.Host ? host : join).Value == CheckState.Checked)];
        if (wanted.Length == 0)
            model.Refuse("Say what you ask for: mark Host Sessions, Join Sessions, or both.");
        else
            _ = model.AskAsync(wanted, Given(reason));
    }

    /// <summary>What was typed stays until it was done: for the next one, or to try again.</summary>
    private void Decide(string route)
    {
        if (Selected is not { } request)
            return;
        Permission[] decided = decidesHost.Visible
            ? [.. request.Permissions.Where(permission => (permission is Permission.Host ? decidesHost : decidesJoin).Value == CheckState.Checked)]
            : request.Permissions;
        if (decided.Length == 0)
            model.Refuse("Say what you decide about: mark Host Sessions, Join Sessions, or both.");
        else
            _ = model.DecideAsync(route, request, decided, Given(answer));
    }

    private static string? Given(TextField field) => field.Text.Trim() is { Length: > 0 } text ? text : null;

    private static Label Caption(string text, int row = 0) => new() { Text = text, Y = row, CanFocus = false };
}
