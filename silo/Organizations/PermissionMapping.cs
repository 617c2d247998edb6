using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Sessions;

namespace OrleansKd.Silo.Organizations;

/// <summary>Permissions from grain types to wire types and back.</summary>
internal static class PermissionMapping
{
    public static Permission[] ToWire(Permissions permissions) =>
        [.. Enum.GetValues<Permission>().Where(permission => permissions.HasFlag(ToGrain(permission)))];

    public static Permission[] ToWire(Account account) =>
        ToWire((account.MayHost ? Permissions.Host : Permissions.None) | (account.MayJoin ? Permissions.Join : Permissions.None));

    public static Permissions ToGrain(Permission[] permissions) => permissions.Aggregate(Permissions.None, (all, one) => all | ToGrain(one));

    public static PermissionRequestSummary ToWire(PendingPermissions pending) =>
        new(SessionMapping.ToUser(pending.User), ToWire(pending.Permissions), Reason(pending.Reason), pending.At);

    public static PermissionLogItem ToWire(PermissionLogEntry entry) => new(
        entry.Number, entry.At, ActionOf(entry.Kind), SessionMapping.ToUser(entry.By), SessionMapping.ToUser(entry.Whom), ToWire(entry.Permissions), Reason(entry.Reason));

    public static OrganizationDetails ToWire(OrganizationView view) => new(
        view.Name,
        [.. view.Requests.Select(ToWire)],
        [.. view.Members.Select(member => new MemberSummary(member.Email, ToWire(member.Permissions), member.IsAdministrator, member.IsConfigured))]);

    private static Permissions ToGrain(Permission permission) => permission switch
    {
        Permission.Host => Permissions.Host,
        _ => Permissions.Join,
    };

    private static PermissionAction ActionOf(PermissionActionKind kind) => kind switch
    {
        PermissionActionKind.Request => PermissionAction.Requested,
        PermissionActionKind.Approve => PermissionAction.Approved,
        PermissionActionKind.Deny => PermissionAction.Denied,
        PermissionActionKind.TakeAway => PermissionAction.TakenAway,
        PermissionActionKind.Appoint => PermissionAction.Appointed,
        PermissionActionKind.Dismiss => PermissionAction.Dismissed,
        PermissionActionKind.Rebind => PermissionAction.Rebound,
        _ => throw new InvalidDataException($"This server does not know decisions of kind {(int)kind}; a newer one made them."),
    };

    private static string? Reason(string reason) => reason.Length == 0 ? null : reason;
}
