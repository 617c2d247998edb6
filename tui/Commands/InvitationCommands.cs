using System.CommandLine;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Commands;

/// <summary><c>invitations list</c>, <c>revoke</c>, <c>decline</c>, and the same for a session: <c>sessions people</c>, <c>kick</c>, <c>leave</c> (rule C5).</summary>
internal static class InvitationCommands
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string> Email = new("EMAIL") { Description = "Address of somebody who is invited." };

    public static void AddTo(RootCommand root, Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "people", "Show a session's people: who is there, who is invited, and whom mail could not reach.", People, Session);
        runner.Add(sessions, "kick", "Take somebody's invitation back: their windows end, and the place is free.", Revoke, Session, Email);
        runner.Add(sessions, "leave", "Leave a session for good, or decline its invitation.", Leave, Session);

        var invitations = runner.AddGroup(
            root, "invitations", "Invitations to debugging sessions.",
            "orleanskd invitations list",
            "orleanskd invitations decline ID",
            "orleanskd invitations revoke ID bob@fabrikam.example");
        runner.Add(invitations, "list", "List the sessions that you are invited to.", List);
        runner.Add(invitations, "revoke", "Take somebody's invitation to your session back (sessions kick).", Revoke, Session, Email);
        runner.Add(invitations, "decline", "Decline an invitation (sessions leave).", Leave, Session);
    }

    private static async Task<int> List(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var invited = (await context.Server.Sessions.GetSessionsAsync(cancellationToken)).Where(session => session.Invitation is not null).ToArray();
        if (context.IsJson)
        {
            context.WriteJson(invited);
            return ExitCodes.Done;
        }
        TextTable.Write(context, ["ID", "INVITATION", "STATE", "HOST", "NAME"], invited.Select(session => new[]
        {
            session.Id, StateText.Of(session.Invitation!.Value), StateText.Of(session.State), $"{session.Host.Name} ({session.Host.Company})", session.Name,
        }));
        return ExitCodes.Done;
    }

    private static async Task<int> People(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var people = await context.Server.Sessions.GetPeopleAsync(parsed.GetRequiredValue(Session), cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(people);
            return ExitCodes.Done;
        }
        TextTable.Write(context, ["ROLE", "PRESENT", "STATUS", "EMAIL", "NAME"], people.Select(person => new[]
        {
            person.Role is SessionRole.Host ? "host" : "client", person.IsPresent ? "yes" : "no", Status(person), person.Email, $"{person.Name} ({person.Company})",
        }));
        return ExitCodes.Done;
    }

    private static async Task<int> Revoke(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var email = parsed.GetRequiredValue(Email);
        await context.Server.Sessions.RevokeAsync(parsed.GetRequiredValue(Session), email, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { revoked = email });
        else
            context.WriteLine($"{email} is not invited any more.");
        return ExitCodes.Done;
    }

    private static async Task<int> Leave(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        await context.Server.Sessions.LeaveAsync(id, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { left = id });
        else
            context.WriteLine($"You are not invited to {id} any more.");
        return ExitCodes.Done;
    }

    private static string Status(SessionPerson person)
    {
        var invitation = person.Invitation is { } state ? StateText.Of(state) : "-";
        return person.Mail switch
        {
            InvitationMail.NotDelivered => $"{invitation}, mail not delivered",
            InvitationMail.Waiting => $"{invitation}, mail on its way",
            _ => invitation,
        };
    }
}
