namespace OrleansKd.Contracts;

/// <summary>A person as others see them: display name, company, verified e-mail address (lower case).</summary>
public sealed record UserSummary(string Name, string Company, string Email);

/// <summary>The caller's own account. <c>Company</c> is null for somebody whose address belongs to no organization.</summary>
/// <param name="WaitingRequests">For an administrator: how many people wait for a decision about their permissions.</param>
/// <param name="LastDecision">The newest decision about the caller's permissions.</param>
public sealed record AccountSummary(
    string Name, string? Company, string Email, bool MayHost, bool MayJoin, bool IsAdministrator,
    int WaitingRequests = 0, PermissionLogItem? LastDecision = null);

/// <summary>One computer of the caller's with an agent.</summary>
/// <param name="Name">The computer's name, as its agent tells it.</param>
/// <param name="IsOnline">The agent is connected now.</param>
/// <param name="Debuggers">Full paths of the debuggers that the agent found and allows.</param>
public sealed record ComputerSummary(string Name, bool IsOnline, string[] Debuggers);
