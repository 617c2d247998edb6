namespace OrleansKd.Contracts;

/// <summary>A person as others see them: display name, company, verified e-mail address (lower case).</summary>
public sealed record UserSummary(string Name, string Company, string Email);

/// <summary>The caller's own account. <c>Company</c> is null for somebody whose address belongs to no organization.</summary>
public sealed record AccountSummary(string Name, string? Company, string Email, bool MayHost, bool MayJoin, bool IsAdministrator);

/// <summary>One computer of the caller's with an agent.</summary>
/// <param name="Name">The computer's name, as its agent tells it.</param>
/// <param name="IsOnline">The agent is connected now.</param>
/// <param name="Debuggers">Full paths of the debuggers that the agent found and allows.</param>
public sealed record ComputerSummary(string Name, bool IsOnline, string[] Debuggers);
