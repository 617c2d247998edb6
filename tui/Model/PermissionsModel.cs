using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>The user's permissions, and for an administrator who waits for a decision (rule A2).</summary>
internal sealed class PermissionsModel(SessionsClient sessions) : LiveModel
{
    /// <summary>Null until the server has answered.</summary>
    public PermissionsSummary? Own { get; private set; }

    /// <summary>Oldest first; nobody's for those who are no administrators.</summary>
    public IReadOnlyList<PermissionRequestSummary> Requests { get; private set; } = [];

    /// <summary>What the user has not, and could ask for.</summary>
    public IReadOnlyList<Permission> Askable => Own is { Organization: not null } own ? [.. Enum.GetValues<Permission>().Except(own.Permissions)] : [];

    public Task AskAsync(Permission[] permissions, string? reason) => ChangeAsync(cancellationToken =>
        sessions.RequestPermissionsAsync(new RequestPermissionsRequest(permissions, reason), cancellationToken));

    /// <summary>Decides on what somebody asked for, or a part of it.</summary>
    /// <param name="route"><see cref="Routes.ApprovePermissions"/> or <see cref="Routes.DenyPermissions"/>.</param>
    public Task DecideAsync(string route, PermissionRequestSummary request, Permission[] permissions, string? reason) => ChangeAsync(cancellationToken =>
        sessions.DecidePermissionsAsync(route, new DecidePermissionsRequest(request.User.Email, permissions, reason), cancellationToken));

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var own = await sessions.GetPermissionsAsync(cancellationToken);
        var requests = own.IsAdministrator ? (await sessions.GetOrganizationAsync(cancellationToken)).Requests : [];
        (Own, Requests) = (own, requests);
    }
}
