namespace OrleansKd.Contracts;

/// <summary>What an account may be allowed (rule A2); JSON: <c>host</c>, <c>join</c>.</summary>
public enum Permission
{
    /// <summary>Host Sessions.</summary>
    Host,

    /// <summary>Join Sessions.</summary>
    Join,
}

/// <summary>The caller's own permissions, what they wait for, and what was decided about them last.</summary>
/// <param name="Organization">Null for somebody whose address belongs to no organization: they join by invitation and ask nobody.</param>
/// <param name="Request">What the caller has asked for and nobody has decided yet.</param>
/// <param name="LastDecision">The newest decision about the caller.</param>
public sealed record PermissionsSummary(
    string? Organization,
    Permission[] Permissions,
    bool IsAdministrator,
    PermissionRequestSummary? Request = null,
    PermissionLogItem? LastDecision = null);

/// <summary>Asks an administrator of the caller's organization for permissions.</summary>
/// <param name="Permissions">One or both.</param>
/// <param name="Reason">Up to <see cref="Limits.ReasonLength"/> visible characters; may be left out.</param>
public sealed record RequestPermissionsRequest(Permission[] Permissions, string? Reason = null);

/// <summary>Somebody waits for an administrator.</summary>
public sealed record PermissionRequestSummary(UserSummary User, Permission[] Permissions, string? Reason, DateTimeOffset At);

/// <summary>An administrator approves or denies what somebody asked for, or takes permissions away.</summary>
/// <param name="Email">Whose.</param>
/// <param name="Permissions">To approve or deny: null means everything that was asked for. To take away: required.</param>
/// <param name="Reason">Told to the person; up to <see cref="Limits.ReasonLength"/> visible characters; may be left out.</param>
public sealed record DecidePermissionsRequest(string Email, Permission[]? Permissions = null, string? Reason = null);

/// <summary>Names the person whom an administrator appoints, dismisses or binds anew.</summary>
public sealed record AdministratorRequest(string Email, string? Reason = null);

/// <summary>One of the organization's people about whom something is configured or decided.</summary>
/// <param name="IsConfigured">What stands here comes from the server's configuration alone; nobody has decided anything.</param>
public sealed record MemberSummary(string Email, Permission[] Permissions, bool IsAdministrator, bool IsConfigured);

/// <summary>An organization as its administrators see it.</summary>
/// <param name="Requests">What waits for them, oldest first; all of it (100 at most) on the first page, and on no other.</param>
/// <param name="Members">One page of them, ordered by address.</param>
public sealed record OrganizationDetails(string Name, PermissionRequestSummary[] Requests, MemberSummary[] Members);

/// <summary>What somebody did; JSON: <c>requested</c>, <c>approved</c>, <c>denied</c>, …</summary>
public enum PermissionAction
{
    Requested,
    Approved,
    Denied,
    TakenAway,

    /// <summary>Made an administrator.</summary>
    Appointed,

    /// <summary>Is an administrator no longer.</summary>
    Dismissed,

    /// <summary>The next sign-in with the address binds it anew.</summary>
    Rebound,
}

/// <summary>One line of an organization's log: who did what, to whom, when.</summary>
/// <param name="Number">1, 2, 3, … without holes, for one organization.</param>
/// <param name="Permissions">What it was about; empty when it was not about permissions.</param>
public sealed record PermissionLogItem(
    long Number, DateTimeOffset At, PermissionAction Action, UserSummary By, UserSummary Whom, Permission[] Permissions, string? Reason);

/// <summary>A part of an organization's log, newest first.</summary>
/// <param name="Before">Pass it as <c>?before=</c> for what is older; null: there is nothing older.</param>
public sealed record PermissionLogPage(PermissionLogItem[] Items, long? Before);
