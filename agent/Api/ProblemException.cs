namespace OrleansKd.Agent.Api;

/// <summary>A refusal by the server, or a reason why it could not be asked: a stable code and a sentence for people.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>The server or the authority did not answer at all.</summary>
    public const string ServerUnreachable = "server-unreachable";

    /// <summary>The connection was lost while a request was under way: it may have been done or not.</summary>
    public const string OutcomeUnknown = "outcome-unknown";

    /// <summary>An agent of the same sign-in runs on this computer already.</summary>
    public const string AgentRuns = "agent-runs";

    /// <summary>A mistake of this program's; its log has the details.</summary>
    public const string Unexpected = "unexpected";

    public ProblemException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>One of <see cref="Contracts.ProblemCodes"/> or of those above.</summary>
    public string Code { get; }
}
