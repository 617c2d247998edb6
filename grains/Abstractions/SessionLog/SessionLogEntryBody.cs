using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansKd.Contracts;

namespace OrleansKd.Grains.Abstractions.SessionLog;

/// <summary>
/// What an entry that is not output says. Which members are set depends on the entry's kind. Stored as JSON with these short
/// names; members are only ever added.
/// </summary>
public sealed record SessionLogEntryBody
{
    [JsonPropertyName("by")]
    public StoredPerson? Author { get; init; }

    [JsonPropertyName("whom")]
    public StoredPerson? Person { get; init; }

    [JsonPropertyName("text")]
    public string? Text { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("command")]
    public string? CommandId { get; init; }

    [JsonPropertyName("run")]
    public int? Run { get; init; }

    [JsonPropertyName("computer")]
    public string? Computer { get; init; }

    [JsonPropertyName("location")]
    public string? DebuggerLocation { get; init; }

    [JsonPropertyName("arguments")]
    public string? Arguments { get; init; }

    [JsonPropertyName("profile")]
    public string? DebuggerKind { get; init; }

    [JsonPropertyName("throughServer")]
    public bool? ThroughServer { get; init; }

    [JsonPropertyName("state")]
    public DebuggerState? Debugger { get; init; }

    [JsonPropertyName("exitCode")]
    public int? ExitCode { get; init; }

    [JsonPropertyName("signal")]
    public string? Signal { get; init; }

    [JsonPropertyName("target")]
    public TargetFate? Target { get; init; }

    [JsonPropertyName("bytes")]
    public long? Bytes { get; init; }

    [JsonPropertyName("whenSpoolFull")]
    public SpoolFullAction? WhenSpoolFull { get; init; }

    [JsonPropertyName("spool")]
    public SpoolState? Spool { get; init; }

    [JsonPropertyName("key")]
    public string? Key { get; init; }

    /// <summary>Id of a Break or control key, as its caller chose it.</summary>
    [JsonPropertyName("signalId")]
    public string? SignalId { get; init; }

    /// <summary>A secret was taken out of the command's text; it was never stored.</summary>
    [JsonPropertyName("masked")]
    public bool? IsMasked { get; init; }

    /// <summary>The word of a command, or the key, that may end the debugger (rule F5).</summary>
    [JsonPropertyName("quit")]
    public string? Quit { get; init; }

    [JsonPropertyName("end")]
    public RunEnd? End { get; init; }

    [JsonPropertyName("clientsMayReopen")]
    public bool? ClientsMayReopen { get; init; }

    /// <summary>Id of the computer that somebody joined from.</summary>
    [JsonPropertyName("place")]
    public string? Place { get; init; }

    [JsonPropertyName("suggestion")]
    public string? SuggestionId { get; init; }

    /// <summary>What was granted; of a command, the right of the operator who entered it, null for the host.</summary>
    [JsonPropertyName("right")]
    public OperatorRight? Right { get; init; }

    /// <summary>Id of the request that invited several people at once; entries from before mail was sent have none.</summary>
    [JsonPropertyName("request")]
    public string? Request { get; init; }

    /// <summary>The request that made this entry, as its caller named it: a hash of caller and key, so that nobody's key is in the log.</summary>
    [JsonPropertyName("name")]
    public string? RequestName { get; init; }

    /// <summary>Hash of what was asked for under that name, secrets left out.</summary>
    [JsonPropertyName("about")]
    public string? RequestAbout { get; init; }

    /// <summary>When what is announced will happen.</summary>
    [JsonPropertyName("until")]
    public DateTimeOffset? Until { get; init; }

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static SessionLogEntryBody Decode(ReadOnlyMemory<byte> body) =>
        JsonSerializer.Deserialize<SessionLogEntryBody>(body.Span, Json) ?? throw new JsonException("An entry's body is JSON null.");
}

/// <summary>A person as stored in entries.</summary>
public sealed record StoredPerson(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("company")] string Company,
    [property: JsonPropertyName("email")] string Email);
