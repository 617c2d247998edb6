using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>The meaning of the entries about people's permissions.</summary>
internal static class PermissionFold
{
    public static Session Apply(Session session, SessionLogEntryKind kind, string personId) => kind switch
    {
        SessionLogEntryKind.AccessTakenAway => session with { WithoutAccess = [.. session.WithoutAccess.Where(id => id != personId), personId] },
        SessionLogEntryKind.AccessGivenBack => session with { WithoutAccess = [.. session.WithoutAccess.Where(id => id != personId)] },
        SessionLogEntryKind.HostingTakenAway => session with { HostMayNotHost = true },
        _ => session with { HostMayNotHost = false },
    };

    /// <summary>Somebody who is no longer invited is forgotten: another invitation is for somebody who may join.</summary>
    public static Session ForgetStrangers(Session session) => session.WithoutAccess.All(id => session.IsHost(id) || session.IsClient(id))
        ? session
        : session with { WithoutAccess = [.. session.WithoutAccess.Where(id => session.IsHost(id) || session.IsClient(id))] };
}
