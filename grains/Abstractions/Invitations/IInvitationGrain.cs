using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Invitations;

/// <summary>One person's invitation to one session; key: <see cref="GrainFactoryExtensions.Invitation"/>. The session's log decides who is invited; this grain carries it to the person.</summary>
[Alias("OrleansKd.IInvitationGrain")]
public interface IInvitationGrain : IGrainWithStringKey
{
    /// <summary>Puts the session into the invited person's list. Idempotent; the session repeats it until it succeeds.</summary>
    [Alias("Deliver")]
    Task Deliver(InvitationOrder order);

    /// <summary>Null when there never was one.</summary>
    [Alias("Describe")]
    Task<InvitationDescription?> Describe();
}

[GenerateSerializer, Immutable, Alias("OrleansKd.InvitationOrder")]
public sealed record InvitationOrder(
    [property: Id(0)] SessionRef Session,
    [property: Id(1)] Person Invited,
    [property: Id(2)] Person InvitedBy,
    [property: Id(3)] DateTimeOffset InvitedAt);

public enum InvitationStatus
{
    Pending,
    Accepted,
    Declined,
    Revoked,
    Expired,
}

[GenerateSerializer, Immutable, Alias("OrleansKd.InvitationDescription")]
public sealed record InvitationDescription(
    [property: Id(0)] SessionRef Session,
    [property: Id(1)] Person Invited,
    [property: Id(2)] Person InvitedBy,
    [property: Id(3)] DateTimeOffset InvitedAt,
    [property: Id(4)] InvitationStatus Status);
