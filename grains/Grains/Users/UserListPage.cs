using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;

namespace OrleansKd.Grains.Users;

/// <summary>
/// A part of a user's list: lines of sessions, each with the version of the feed at which it changed last. One stored row of its own, so that a
/// change writes little however long the list is. Names are stored: never renamed; members are only ever added.
/// </summary>
/// <param name="Version">The highest version that was ever given to something here.</param>
/// <param name="Removed">Sessions that went, newest last.</param>
/// <param name="ForgottenThrough">Removals up to this version are not remembered: a reader who is older begins anew.</param>
internal sealed record UserListPage(long Version, StoredLine[] Lines, RemovedLine[] Removed, long ForgottenThrough = 0)
{
    public static readonly UserListPage Empty = new(0, [], []);
}

internal sealed record RemovedLine(string Session, long Version);

/// <summary>A line as it is stored. Of two lines of one session, the one with the higher sequence is newer.</summary>
internal sealed record StoredLine(
    string Session, long Version, long Sequence, string Name, string Description, SessionState State, DebuggerState Debugger, StoredPerson Host, bool IsHost, int Clients,
    DateTimeOffset CreatedAt, DateTimeOffset LastActivityAt, DateTimeOffset? TerminatedAt, SpoolState Spool, bool? TargetIsStopped, string Computer, InvitationState? Invitation)
{
    public static StoredLine Of(ListedSession session, long version) => new(
        session.Id.Id, version, session.Sequence, session.Name, session.Description, session.State, session.Debugger, SessionRules.Store(session.Host), session.IsHost, session.Clients,
        session.CreatedAt, session.LastActivityAt, session.TerminatedAt, session.Spool, session.TargetIsStopped, session.Computer, session.Invitation);

    public ListedSession ToListed() => new()
    {
        Id = new SessionRef(Session),
        Sequence = Sequence,
        Name = Name,
        Description = Description,
        State = State,
        Debugger = Debugger,
        Host = SessionViews.Load(Host),
        IsHost = IsHost,
        Clients = Clients,
        CreatedAt = CreatedAt,
        LastActivityAt = LastActivityAt,
        TerminatedAt = TerminatedAt,
        Spool = Spool,
        TargetIsStopped = TargetIsStopped,
        Computer = Computer,
        Invitation = Invitation,
    };
}

/// <summary>The stored form of a <see cref="UserListPage"/>.</summary>
[GenerateSerializer, Alias("OrleansKd.UserListState")]
internal sealed record UserListState
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>JSON: its own format, as small as it can be, whatever the storage provider's serializer does.</summary>
    [Id(0)]
    public string? State { get; init; }

    public static UserListState Of(UserListPage page) => new() { State = JsonSerializer.Serialize(page, Json) };

    /// <exception cref="JsonException">It can't be read: it is never taken for an empty list.</exception>
    public UserListPage Restore() => State is null
        ? UserListPage.Empty
        : JsonSerializer.Deserialize<UserListPage>(State, Json) ?? throw new JsonException("A stored page of a user's list is JSON null.");
}
