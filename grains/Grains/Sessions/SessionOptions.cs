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

    /// <summary>A closed session that nobody has used for this long is announced to its host by mail (rule F7).</summary>
    public TimeSpan AnnounceClosedAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A closed session that was announced, and that nobody has used for this long, is terminated (rule F7).</summary>
    public TimeSpan TerminateClosedAfter { get; set; } = TimeSpan.FromDays(60);

    /// <summary>A terminated session is deleted so long after its termination (rule F7). Not before its clients have seen it for their seven days.</summary>
    public TimeSpan DeleteTerminatedAfter { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How often a session that is not terminated looks at its age; what falls due is done so much later at most. A terminated one knows when
    /// something is due.
    /// </summary>
    public TimeSpan TidyEvery { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Ten years: what is to be kept longer is exported. Dates that far can be reckoned with.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromDays(3_650);

    /// <summary>The shortest time between two reminders that Orleans allows.</summary>
    public static readonly TimeSpan ShortestTidying = TimeSpan.FromMinutes(1);

    /// <summary>What reminders can wait at most is 49 days.</summary>
    public static readonly TimeSpan LongestTidying = TimeSpan.FromDays(30);

    /// <summary>Less would be reached by one long answer of a debugger.</summary>
    public const long SmallestTranscriptLimitBytes = 1_000_000;
}
