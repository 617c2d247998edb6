using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>People: who is in a session; its host gives and takes rights, and takes invitations back (rules C5, D3, E7).</summary>
internal sealed class PeopleDialog : LiveDialog
{
    private const int PersonColumns = 30;
    private readonly PeopleModel model;
    private readonly PlainTable table = new() { X = 1, Width = Dim.Fill(1), Height = Dim.Fill(5) };
    private readonly Label about = new() { X = 1, Y = Pos.AnchorEnd(4), Width = Dim.Fill(1), Height = 2, CanFocus = false };
    private readonly Button watch;
    private readonly Button inspect;
    private readonly Button full;
    private readonly Button kick;

    public PeopleDialog(SessionsClient sessions, string sessionId)
        : this(new PeopleModel(sessions, sessionId))
    {
    }

    private PeopleDialog(PeopleModel model)
        : base("People", model)
    {
        this.model = model;
        Height = 20;
        table.ValueChanged += (_, _) => ShowSelected();
        table.WindowKey = key =>
        {
            if (key != Key.Delete || model.Session?.Summary.IsHost is not true)
                return false;
            Kick();
            return true;
        };
        Add(table, about);
        watch = AddAction("_Watch Only", () => SetRight(null));
        inspect = AddAction("_Inspect", () => SetRight(OperatorRight.Inspect));
        full = AddAction("_Full Control…", () => SetRight(OperatorRight.Full));
        kick = AddAction("_Kick…", Kick);
        AddClose();
    }

    private SessionPerson? Selected => table.Row is >= 0 and var row && row < model.People.Count ? model.People[row] : null;

    protected override void Draw()
    {
        if (model.Session is { } session)
            Title = $"People in “{VisibleText.Line(session.Summary.Name)}”, {session.Clients.Length} of {Limits.InvitedClients} clients";
        var selected = Selected is { } person ? model.People.ToList().FindIndex(other => other.Email == person.Email && other.Role == person.Role) : 0;
        table.Show(
            model.People,
            selected,
            [
                ("Person", PersonColumns, person => VisibleText.Line($"{person.Name} ({person.Company})")),
                ("May", 13, May),
                ("Here", 5, person => person.IsPresent ? "yes" : "no"),
                ("Invitation", 12, person => person.Invitation is { } state ? StateText.Of(state) : ""),
            ]);
        ShowSelected();
    }

    private void ShowSelected()
    {
        var isHost = model.Session?.Summary.IsHost is true;
        foreach (var button in (Button[])[watch, inspect, full, kick])
            button.Visible = isHost;
        var right = Selected is { } person ? model.RightOf(person) : null;
        var canChange = model.WhyNoRight(Selected) is null && !model.IsBusy;
        watch.Enabled = canChange && right is not null;
        inspect.Enabled = canChange && right is not OperatorRight.Inspect;
        full.Enabled = canChange && right is not OperatorRight.Full;
        kick.Enabled = PeopleModel.WhyNoKick(Selected) is null && !model.IsBusy;
        about.Text = Selected is null ? "" : VisibleText.From(About(Selected));
        about.SetNeedsDraw();
    }

    private string May(SessionPerson person) => person.Role is SessionRole.Host ? "host" : RightText.Of(model.RightOf(person));

    private static string About(SessionPerson person) => $"{person.Name} ({person.Company}) <{person.Email}>" + person.Mail switch
    {
        InvitationMail.NotDelivered => "\nThe mail server refused the invitation's mail: tell them another way.",
        InvitationMail.Waiting => "\nThe invitation's mail is on its way.",
        _ => "",
    };

    private void SetRight(OperatorRight? right)
    {
        if (Selected is not { } person)
            return;
        var name = $"{person.Name} ({person.Company})";
        if (right is OperatorRight.Full && MessageBox.Query(App!, "Full control", $"{RightText.FullControlWarning(name)}\n\nYou can take it back at any moment.", "_Give Full Control", "_Cancel") != 0)
            return;
        _ = model.SetRightAsync(person, right);
    }

    /// <summary>Whoever was selected when it was asked: the list goes on meanwhile.</summary>
    private void Kick()
    {
        if (Selected is not { } person)
            return;
        if (PeopleModel.WhyNoKick(person) is { } reason)
        {
            model.Refuse(reason);
            return;
        }
        var consequence = person.IsPresent ? "They watch it now, and their windows end at once." : "It leaves their list.";
        if (MessageBox.Query(App!, "Take the invitation back", $"{VisibleText.Line($"{person.Name} ({person.Company})")} does not see this session any more. {consequence} You can invite them again.", "Take It _Back", "_Cancel") == 0)
            _ = model.KickAsync(person);
    }
}
