using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Users;

/// <summary>A stored account. Names are stored: never renamed; members are only ever added.</summary>
[GenerateSerializer, Alias("OrleansKd.UserState")]
internal sealed record UserState
{
    /// <summary>Issuer and subject that the account is bound to since its first sign-in; null before.</summary>
    [Id(0)] public string? Issuer { get; init; }

    [Id(1)] public string? Subject { get; init; }
    [Id(2)] public string Email { get; init; } = "";
    [Id(3)] public string Name { get; init; } = "";

    /// <summary>Ids of the sessions in this user's list.</summary>
    [Id(4)] public List<string> Sessions { get; init; } = [];

    /// <summary>Names of the computers on which this user's agent has run.</summary>
    [Id(5)] public List<string> Computers { get; init; } = [];

    /// <summary>Id of the organization that has decided what follows. While the account belongs to another one, it counts for nothing.</summary>
    [Id(6)] public string? DecidedBy { get; init; }

    [Id(7)] public Permissions Given { get; init; }
    [Id(8)] public Permissions Taken { get; init; }

    /// <summary>Null: as configured.</summary>
    [Id(9)] public bool? Administrator { get; init; }

    /// <summary>The newest decision that is in here; its number says which orders are old.</summary>
    [Id(10)] public PermissionLogEntry? LastDecision { get; init; }

    /// <summary>Until then, the first sign-in by another identity takes the account over.</summary>
    [Id(11)] public DateTimeOffset? RebindUntil { get; init; }

    /// <summary>Number of the decision that <see cref="RebindUntil"/> comes from.</summary>
    [Id(12)] public long RebindNumber { get; init; }

    /// <summary>What the user's sessions know that the user may do; null before that was looked at.</summary>
    [Id(13)] public Permissions? Known { get; init; }

    /// <summary>Ids of the sessions that have to hear what the user may do.</summary>
    [Id(14)] public List<string> Untold { get; init; } = [];

    /// <summary>The newest sessions that were hosted, or were to be, under a key; newest last.</summary>
    [Id(40)] public List<NamedSession> NamedSessions { get; init; } = [];

    /// <summary>Version of the feed at which the account changed last.</summary>
    [Id(41)] public long AccountVersion { get; init; }

    /// <summary>What the feed says of the account, only to be compared (<see cref="UserFeedRules.Notice"/>); null before that was looked at.</summary>
    [Id(42)] public string? AccountSeen { get; init; }

    /// <summary>How many people wait for this administrator; null: nobody has told.</summary>
    [Id(43)] public StoredWaiting? Waiting { get; init; }

    /// <summary>Stored pages of the list (<see cref="UserListPage"/>).</summary>
    [Id(44)] public int ListPages { get; init; }

    /// <summary>Service tokens, also expired ones, oldest first.</summary>
    [Id(45)] public List<StoredToken> Tokens { get; init; } = [];
}

/// <summary>A stored service token.</summary>
/// <param name="Hash">SHA-256 of its secret, which has 256 random bits: in lower-case hex.</param>
/// <param name="Computer">Null: not limited to one.</param>
[GenerateSerializer, Alias("OrleansKd.StoredToken")]
internal sealed record StoredToken(
    [property: Id(0)] string Id,
    [property: Id(1)] string Hash,
    [property: Id(2)] string Name,
    [property: Id(3)] TokenRight Right,
    [property: Id(4)] string? Computer,
    [property: Id(5)] DateTimeOffset MadeAt,
    [property: Id(6)] DateTimeOffset ExpiresAt);

/// <summary>A stored <see cref="WaitingOrder"/>.</summary>
[GenerateSerializer, Alias("OrleansKd.StoredWaiting")]
internal sealed record StoredWaiting([property: Id(0)] string Organization, [property: Id(1)] long Number, [property: Id(2)] int Count);

/// <param name="Key">As its user chose it.</param>
/// <param name="About">What was to be hosted.</param>
[GenerateSerializer, Alias("OrleansKd.NamedSession")]
internal sealed record NamedSession([property: Id(0)] string Key, [property: Id(1)] string About, [property: Id(2)] string Session);
