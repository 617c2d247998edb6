using OrleansKd.Agent.Api;

namespace OrleansKd.Tui.Model;

/// <summary>How a debugger is connected to its target, in words, and the warning before a session is hosted that has no server between them (rule B4).</summary>
internal static class DirectSession
{
    public const string Caution =
        "This debugger is connected to its target directly: ending the debugger ends it for everybody, the session can't be " +
        "restored, and a target that is stopped stays stopped. A server on another computer (kd: -remote; gdb: target remote) " +
        "is strongly recommended.";

    /// <summary>KD's secure mode, and why it is offered (rule B7).</summary>
    public const string SecureMode = "Secure _mode (-secure); without it operators can run programs there";

    /// <summary>As the agent will read it; what is malformed is told as <paramref name="problem"/> and is not a direct session.</summary>
    public static bool Is(string debugger, string arguments, out string? problem)
    {
        var connection = DebuggerConnection.Of(debugger, arguments);
        problem = connection.Problem;
        return problem is null && !connection.IsThroughServer;
    }

    /// <summary>What the arguments mean to this debugger, in a sentence.</summary>
    public static string Reading(DebuggerConnection connection) => connection switch
    {
        { Problem: { } problem } => problem,
        { Kind: "gdb", Server: { } server } => $"Through the server at {server} (target remote), which survives gdb: the session can be re-opened.",
        { Kind: "lldb", Server: { } server } => $"Through the server at {server}, which survives lldb: the session can be re-opened.",
        { Server: { } server } => $"Through the KD server {server}, which survives the debugger: the session can be re-opened.",
        { Kind: { } kind } => $"Direct: {kind} itself holds the target.",
        _ => "Direct, as far as can be told: this is no debugger that is known by its name.",
    };
}
