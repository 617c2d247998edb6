using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// What becomes of a session when the permissions of its people change (rule A4). Clients see it while they may join; the host sees it
/// while they may host or join. A host who may not host has it closed; ending it for good stays theirs.
/// </summary>
internal static partial class SessionRules
{
    /// <summary>The entries that make the session fit what this person may do now; none when it does already.</summary>
    /// <param name="handedThrough">Sequence of the newest instruction that the agent may have: what it may have started is not cancelled here.</param>
    public static NewEntry[] AfterPermissionsChanged(Session session, UserId person, bool mayHost, bool mayJoin, long handedThrough)
    {
        if (PersonOf(session, person) is not { } whom)
            return [];
        var isHost = session.IsHost(whom.Id);
        var mayRead = mayJoin || (isHost && mayHost);
        List<NewEntry> entries = [];
        if (mayRead == session.WithoutAccess.Contains(whom.Id))
            entries.Add(new(mayRead ? SessionLogEntryKind.AccessGivenBack : SessionLogEntryKind.AccessTakenAway, new SessionLogEntryBody { Person = whom }));
        if (!isHost && !mayRead)
            entries.AddRange([.. OperatorRules.RemoveAllOf(session, whom, null, "its author may not join sessions any more"), .. DismissAllOf(session, whom, null)]);
        if (isHost && mayHost == session.HostMayNotHost)
            entries.Add(new(mayHost ? SessionLogEntryKind.HostingGivenBack : SessionLogEntryKind.HostingTakenAway, new SessionLogEntryBody { Person = whom }));
        if (isHost && !mayHost && session.State is SessionState.Active)
            entries.AddRange(CloseWithoutHosting(session, whom, handedThrough));
        return [.. entries];
    }

    /// <summary>While the host may not host, nothing begins: no run, no re-open, no invitation. Null when the decision begins nothing.</summary>
    public static Refusal? CheckHosting(Session session, Decision decision) => session.HostMayNotHost && decision is Decision.Record { Entries: var entries } && entries.Any(Begins)
        ? new Refusal(ProblemCodes.NotPermitted, $"{session.Host!.Name} may not host sessions any more, so '{session.Name}' stays as it is. An administrator of {Named(session.Host.Company)} can give the Host Sessions permission back.")
        : null;

    private static bool Begins(NewEntry entry) =>
        entry.Kind is SessionLogEntryKind.RunStarted or SessionLogEntryKind.SessionReopened or SessionLogEntryKind.ClientInvited;

    private static IEnumerable<NewEntry> CloseWithoutHosting(Session session, StoredPerson host, long handedThrough)
    {
        var reason = $"{host.Name} may not host sessions any more";
        return session.Commands.Where(command => !command.IsRunning && command.Sequence > handedThrough).Select(command => Cancel(command, reason))
            .Append(new(SessionLogEntryKind.SessionClosed, new SessionLogEntryBody { Text = reason }));
    }
}
