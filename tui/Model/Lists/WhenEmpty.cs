using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>What somebody does first whose list is empty.</summary>
internal static class WhenEmpty
{
    public static string OfHost(AccountSummary? me, string? problem, Uri server) => me is null ? Waiting(problem, server)
        : SessionActions.WhyNotHost(me) is { } reason ? reason
        : $"You host no session.\n\n{SessionActions.KeyOf(SessionAction.Host)} hosts one: it starts a debugger on a computer of yours and shares it. Then invite up to {Limits.InvitedClients} people with {SessionActions.KeyOf(SessionAction.Invite)}.";

    public static string OfClient(AccountSummary? me, string? problem, Uri server) => me switch
    {
        null => Waiting(problem, server),
        { MayJoin: true } => $"You are not invited to a session.\n\nA host invites you by your address, {me.Email}; the session is here at once then, and you have a mail.",
        { Company: null } => "You may not join sessions. Ask whoever runs the server.",
        _ => $"You may not join sessions yet. {SessionActions.KeyOf(SessionAction.Permissions)} asks an administrator of {me.Company} for the permission.",
    };

    private static string Waiting(string? problem, Uri server) => problem is null ? $"Connecting to {server} …" : "Nothing has come from the server yet; the line below says why.";
}
