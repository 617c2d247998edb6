using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Api;

/// <summary>How a debugger and its arguments lead to the target (rule B4), read as the agent will read them.</summary>
/// <param name="IsThroughServer">A debugging server survives the debugger; else the session is direct.</param>
/// <param name="Problem">What is malformed, naming the part; null when nothing is.</param>
public sealed record DebuggerConnection(bool IsThroughServer, string? Problem)
{
    /// <param name="debugger">Its location on the agent's computer, which may be of another platform.</param>
    /// <param name="arguments">As typed.</param>
    public static DebuggerConnection Of(string debugger, string arguments)
    {
        try
        {
            var name = debugger.Trim();
            name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
            return new(DebuggerProfiles.For(name)?.IsThroughServer(ArgumentSplitter.Split(arguments)) ?? false, null);
        }
        catch (DebuggerStartException malformed)
        {
            return new(false, malformed.Message);
        }
    }
}
