using OrleansKd.Agent.Control;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.SignIn;
using OrleansKd.Agent.Spool;

namespace OrleansKd.Agent.Hosting;

/// <summary>What an agent is started with.</summary>
public sealed record AgentSettings
{
    /// <summary>Whose agent it is, and where it is found.</summary>
    public required AgentPlace Place { get; init; }

    public required IAccessTokens Tokens { get; init; }

    /// <summary>This computer's name, unique among the user's.</summary>
    public required string Computer { get; init; }

    /// <summary>Folder for what is not uploaded yet; null: the place's.</summary>
    public string? Data { get; init; }

    /// <summary>Debuggers that may be started beside those that PATH finds.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>A debugger is started only after a program of this user has asked for it on this computer.</summary>
    public bool LocalStartsOnly { get; init; }

    /// <summary>Bytes of output of one run that are kept on this computer's disk.</summary>
    public long SpoolLimitBytes { get; init; } = OutputSpool.DefaultLimitBytes;

    /// <summary>In which kd, cdb and ntsd print and read; null: UTF-8.</summary>
    public CodePage? CodePage { get; init; }

    /// <summary>Set: the agent stops by itself when no session of this computer is open and nothing happened for so long.</summary>
    public TimeSpan? StopWhenIdleFor { get; init; }

    /// <summary>It shall outlive the terminal that it was started from, and logs to its file only.</summary>
    public bool IsDetached { get; init; }
}
