using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// The grain's stored state: what the entries up to <see cref="AppliedSequence"/> add up to. It only spares reading: the log
/// decides, and a snapshot that is old, or from before a failover, is caught up with from there. Stored names: never renamed.
/// </summary>
[GenerateSerializer, Alias("OrleansKd.SessionSnapshot")]
internal sealed class SessionSnapshot
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    [Id(0)]
    public long AppliedSequence { get; set; }

    /// <summary>JSON of <see cref="Session"/>: its own format, so that the storage provider's serializer does not matter.</summary>
    [Id(1)]
    public string? State { get; set; }

    /// <summary>When the entry at <see cref="AppliedSequence"/> was taken.</summary>
    [Id(2)]
    public DateTimeOffset LastActivityAt { get; set; }

    /// <summary>The log's end when a compaction was finished last.</summary>
    [Id(3)]
    public long CompactedThrough { get; set; }

    /// <summary>What everybody's list says of the session (<see cref="ListingLine"/>); null: not known.</summary>
    [Id(4)]
    public string? ListedLine { get; set; }

    public void Take(Session session, long appliedSequence, DateTimeOffset lastActivityAt)
    {
        State = JsonSerializer.Serialize(session, Json);
        (AppliedSequence, LastActivityAt) = (appliedSequence, lastActivityAt);
    }

    /// <summary>An unreadable or missing snapshot is no snapshot: everything is read from the log again.</summary>
    public (Session Session, long AppliedSequence, DateTimeOffset LastActivityAt) Restore()
    {
        try
        {
            var session = State is null ? null : JsonSerializer.Deserialize<Session>(State, Json);
            return session is null ? (new Session(), 0, default) : (session, AppliedSequence, LastActivityAt);
        }
        catch (JsonException)
        {
            return (new Session(), 0, default);
        }
    }
}
