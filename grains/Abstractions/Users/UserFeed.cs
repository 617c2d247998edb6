using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;

namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>How far a reader of a feed has come.</summary>
/// <param name="Version">The highest version that they have; 0 at the beginning.</param>
/// <param name="Begun">The feed's version when they began with nothing: what was removed before they never had.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.FeedPosition")]
public readonly record struct FeedPosition([property: Id(0)] long Version, [property: Id(1)] long Begun);

/// <param name="Identity">Who reads: a feed is only for the identity that its account is bound to at that moment. Null: somebody with a service token.</param>
/// <param name="Token">That one; the account proves it at each answer, too.</param>
/// <param name="Wait">How long to wait for something newer, <see cref="Limits.FeedWait"/> at most.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.FeedCursor")]
public sealed record FeedCursor([property: Id(0)] ProvenIdentity? Identity, [property: Id(1)] FeedPosition After, [property: Id(2)] TimeSpan Wait, [property: Id(3)] TokenProof? Token = null);

/// <summary>What <see cref="FeedPage"/> says, for grains.</summary>
/// <param name="Account">Null: as it was.</param>
/// <param name="WaitingRequests">For an administrator: how many people wait for a decision.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.UserFeedPage")]
public sealed record UserFeedPage(
    [property: Id(0)] FeedPosition Next,
    [property: Id(1)] bool IsBeginning,
    [property: Id(2)] Account? Account,
    [property: Id(3)] int WaitingRequests,
    [property: Id(4)] ListedSession[] Sessions,
    [property: Id(5)] string[] Removed,
    [property: Id(6)] bool HasMore)
{
    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty => !IsBeginning && Account is null && Sessions.Length == 0 && Removed.Length == 0;
}

/// <param name="HasMore">Others follow after the last of these.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionListPage")]
public sealed record SessionListPage([property: Id(0)] ListedSession[] Sessions, [property: Id(1)] bool HasMore);

/// <summary>A session's line in the list of somebody who may see it: what was durable at <see cref="Sequence"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.ListedSession")]
public sealed record ListedSession
{
    [Id(0)] public required SessionRef Id { get; init; }

    /// <summary>Of the newest durable entry that it knows; of two lines of one session, the one with the higher sequence is newer.</summary>
    [Id(1)] public required long Sequence { get; init; }

    [Id(2)] public required string Name { get; init; }
    [Id(3)] public string Description { get; init; } = "";
    [Id(4)] public required SessionState State { get; init; }

    /// <summary>As recorded: an agent that is not heard any more makes it offline within <see cref="Limits.AgentUnreachable"/> and a few seconds.</summary>
    [Id(5)] public required DebuggerState Debugger { get; init; }

    [Id(6)] public required Person Host { get; init; }
    [Id(7)] public required bool IsHost { get; init; }

    /// <summary>Number of invited clients.</summary>
    [Id(8)] public int Clients { get; init; }

    [Id(9)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Coarse: it is looked at when something else in the line changes, and some minutes later otherwise.</summary>
    [Id(10)] public required DateTimeOffset LastActivityAt { get; init; }

    [Id(11)] public DateTimeOffset? TerminatedAt { get; init; }
    [Id(12)] public SpoolState Spool { get; init; }

    /// <summary>Null: not known.</summary>
    [Id(13)] public bool? TargetIsStopped { get; init; }

    [Id(14)] public string Computer { get; init; } = "";

    /// <summary>The invitation of the person whose list it is; null: a host who has not invited themselves.</summary>
    [Id(15)] public InvitationState? Invitation { get; init; }
}

/// <summary>How many people of an organization wait for its administrators, as of its log's entry <paramref name="Number"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.WaitingOrder")]
public sealed record WaitingOrder([property: Id(0)] OrganizationId Organization, [property: Id(1)] long Number, [property: Id(2)] int Count);
