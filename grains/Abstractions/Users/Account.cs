using OrleansKd.Grains.Abstractions.Organizations;

namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>What a validated token says of its bearer. Never made from a request's body (rule A1).</summary>
/// <param name="IsProven">The token carries the configured proof that the address is the bearer's.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.ProvenIdentity")]
public sealed record ProvenIdentity(
    [property: Id(0)] string Issuer,
    [property: Id(1)] string Subject,
    [property: Id(2)] string Email,
    [property: Id(3)] string Name,
    [property: Id(4)] bool IsProven = false);

/// <summary>A person as recorded in transcripts and lists.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.Person")]
public sealed record Person(
    [property: Id(0)] UserId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Company,
    [property: Id(3)] string Email);

/// <summary>A signed-in account with what it may do at this moment.</summary>
/// <param name="Organization">Null for somebody whose address belongs to none.</param>
/// <param name="LastDecision">The newest decision of the organization about this account.</param>
/// <param name="IsListFull">No session goes into the list any more (<see cref="Contracts.Limits.ListedSessions"/>).</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.Account")]
public sealed record Account(
    [property: Id(0)] Person Person,
    [property: Id(1)] bool MayHost,
    [property: Id(2)] bool MayJoin,
    [property: Id(3)] bool IsAdministrator,
    [property: Id(4)] OrganizationId? Organization = null,
    [property: Id(5)] PermissionLogEntry? LastDecision = null,
    [property: Id(6)] bool IsListFull = false);
