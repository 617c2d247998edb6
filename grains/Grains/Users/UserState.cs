using OrleansKd.Grains.Abstractions.Organizations;

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
}

/// <param name="Key">As its user chose it.</param>
/// <param name="About">What was to be hosted.</param>
[GenerateSerializer, Alias("OrleansKd.NamedSession")]
internal sealed record NamedSession([property: Id(0)] string Key, [property: Id(1)] string About, [property: Id(2)] string Session);
