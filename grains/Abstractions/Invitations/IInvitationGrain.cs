using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Invitations;

/// <summary>One person's invitation to one session; key: <see cref="GrainFactoryExtensions.Invitation"/>. The session's log decides who is invited; this grain carries it to the person.</summary>
[Alias("OrleansKd.IInvitationGrain")]
public interface IInvitationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Puts the session into the invited person's list and queues their mail, or takes it out of the list again. Idempotent; the session
    /// repeats it until it succeeds. An order that is older than one before does nothing.
    /// </summary>
    [Alias("Deliver")]
    Task Deliver(InvitationOrder order);

    /// <summary>The session is deleted: it leaves the person's list, and nothing of the invitation stays. Again is harmless.</summary>
    [Alias("Delete")]
    Task Delete(SessionRef session, UserId invited);

    /// <summary>Null when there never was one.</summary>
    [Alias("Describe")]
    Task<InvitationDescription?> Describe();
}

[GenerateSerializer, Immutable, Alias("OrleansKd.InvitationOrder")]
public sealed record InvitationOrder(
    [property: Id(0)] SessionRef Session,
    [property: Id(1)] Person Invited,
    [property: Id(2)] Person InvitedBy,
    [property: Id(3)] DateTimeOffset InvitedAt)
{
    /// <summary>Of the log's entry that it follows from: a later one of the same person grows.</summary>
    [Id(4)] public long Sequence { get; init; }

    /// <summary>Else the invitation has ended.</summary>
    [Id(5)] public bool IsInvited { get; init; } = true;

    /// <summary>What goes to the person by mail; null: nothing.</summary>
    [Id(6)] public MailOrder? Mail { get; init; }

    /// <summary>It has ended because its time is over, not because somebody ended it.</summary>
    [Id(7)] public bool IsExpired { get; init; }
}

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
    [property: Id(4)] InvitationStatus Status,
    [property: Id(5)] MailStatus Mail = MailStatus.None);
