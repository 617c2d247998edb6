using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>How a debugger and its arguments lead to the target (rule B4), read as the agent will read them.</summary>
/// <param name="Kind">Name of the debugger's kind; null: none that is known by its file's name.</param>
/// <param name="Server">The debugging server, which survives the debugger, with secrets masked; null: the session is direct.</param>
/// <param name="HasSecureMode">The debugger can be kept from its computer (rule B7).</param>
/// <param name="Problem">What is malformed, naming the part; null when nothing is.</param>
public sealed record DebuggerConnection(string? Kind, string? Server, bool HasSecureMode, string? Problem)
{
    /// <summary>A debugging server survives the debugger; else the session is direct.</summary>
    public bool IsThroughServer => Server is not null;

    /// <param name="debugger">Its location on the agent's computer, which may be of another platform.</param>
    /// <param name="arguments">As typed.</param>
    public static DebuggerConnection Of(string debugger, string arguments)
    {
        var name = debugger.Trim();
        var profile = DebuggerProfiles.For(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]);
        try
        {
            var server = profile?.ServerOf(ArgumentSplitter.Split(arguments));
            return new(profile?.Name, server is null ? null : SecretText.MaskArgument(server), profile is { HasSecureMode: true } && server is null, null);
        }
        catch (DebuggerStartException malformed)
        {
            return new(profile?.Name, null, false, malformed.Message);
        }
    }
}
