using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Organizations;

/// <summary>Host Sessions and Join Sessions, as a set. The numbers are stored.</summary>
[Flags]
public enum Permissions
{
    None = 0,
    Host = 1,
    Join = 2,
    All = Host | Join,
}

/// <summary>What somebody asks of an organization. The numbers are stored: never renumbered, never reused.</summary>
public enum PermissionActionKind
{
    Request = 1,
    Approve = 2,
    Deny = 3,
    TakeAway = 4,
    Appoint = 5,
    Dismiss = 6,
    Rebind = 7,
}

/// <param name="Email">Whom it concerns; for <see cref="PermissionActionKind.Request"/> the caller's own address.</param>
/// <param name="Permissions">For approve and deny, none means: everything that was asked for. Ignored where it says nothing.</param>
/// <param name="Reason">As typed; empty for none.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.OrganizationAction")]
public sealed record OrganizationAction(
    [property: Id(0)] PermissionActionKind Kind,
    [property: Id(1)] string Email,
    [property: Id(2)] Permissions Permissions,
    [property: Id(3)] string Reason);

/// <summary>One line of an organization's log; it is also what mails and the client tell.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.PermissionLogEntry")]
public sealed record PermissionLogEntry(
    [property: Id(0)] long Number,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] PermissionActionKind Kind,
    [property: Id(3)] Person By,
    [property: Id(4)] Person Whom,
    [property: Id(5)] Permissions Permissions,
    [property: Id(6)] string Reason);

[GenerateSerializer, Immutable, Alias("OrleansKd.PendingPermissions")]
public sealed record PendingPermissions(
    [property: Id(0)] Person User,
    [property: Id(1)] Permissions Permissions,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset At);

[GenerateSerializer, Immutable, Alias("OrleansKd.MemberView")]
public sealed record MemberView(
    [property: Id(0)] string Email,
    [property: Id(1)] Permissions Permissions,
    [property: Id(2)] bool IsAdministrator,
    [property: Id(3)] bool IsConfigured);

[GenerateSerializer, Immutable, Alias("OrleansKd.OrganizationView")]
public sealed record OrganizationView(
    [property: Id(0)] string Name,
    [property: Id(1)] PendingPermissions[] Requests,
    [property: Id(2)] MemberView[] Members);

/// <summary>What an organization has decided about one of its people, in full: the newest replaces all before it.</summary>
/// <param name="Given">Beyond what the configuration gives.</param>
/// <param name="Taken">Of what the configuration or an earlier decision gave.</param>
/// <param name="Administrator">Null: as configured.</param>
/// <param name="About">The decision that makes this known; orders about one person come in the order of its numbers.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.PermissionOrder")]
public sealed record PermissionOrder(
    [property: Id(0)] OrganizationId Organization,
    [property: Id(1)] Permissions Given,
    [property: Id(2)] Permissions Taken,
    [property: Id(3)] bool? Administrator,
    [property: Id(4)] PermissionLogEntry About);
