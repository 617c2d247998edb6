namespace OrleansKd.Grains.Sessions;

/// <summary>What an operator sets for sessions, section <c>OrleansKd:Sessions</c>; read again when the settings file changes.</summary>
public sealed class SessionOptions
{
    /// <summary>
    /// When set, no new session is made and this sentence is the answer: for a storage that is nearly full. Sessions that
    /// exist go on.
    /// </summary>
    public string? RefuseNewSessions { get; set; }
}
