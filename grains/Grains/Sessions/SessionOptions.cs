namespace OrleansKd.Grains.Sessions;

/// <summary>What an operator sets for sessions, section <c>OrleansKd:Sessions</c>; read again when the settings file changes.</summary>
public sealed class SessionOptions
{
    /// <summary>
    /// When set, no new session is made and this sentence is the answer: for a storage that is nearly full. Sessions that
    /// exist go on.
    /// </summary>
    public string? RefuseNewSessions { get; set; }

    /// <summary>
    /// Bytes that one session's transcript may hold, uncompressed (rule I7). A larger limit lets output go on being recorded in
    /// sessions that had reached the old one.
    /// </summary>
    public long TranscriptLimitBytes { get; set; } = 1_000_000_000;

    /// <summary>Somebody whose windows are gone for this long has left; one that returns sooner leaves no trace in the transcript (rule D3).</summary>
    public TimeSpan LeftAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Less would be reached by one long answer of a debugger.</summary>
    public const long SmallestTranscriptLimitBytes = 1_000_000;
}
