namespace OrleansKd.Contracts;

/// <summary>How a run of a debugger came to its end; what follows for its session is the rules' business. Stored by name: never renamed.</summary>
public enum RunEnd
{
    /// <summary>The debugger ended by itself, or by a command.</summary>
    Exited,

    /// <summary>A signal ended it that the agent did not send.</summary>
    Signalled,

    /// <summary>The agent left it because it was asked to.</summary>
    Left,

    /// <summary>The agent left it because the agent itself was stopped.</summary>
    AgentStopped,

    /// <summary>The agent had ended, and its debugger with it; a later start of the agent tells.</summary>
    AgentDied,

    /// <summary>
    /// The server gave the run up because its agent was unreachable when the session was opened again elsewhere. What that agent still holds
    /// of it is not in the transcript.
    /// </summary>
    GivenUp,
}
