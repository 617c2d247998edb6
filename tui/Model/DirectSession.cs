using OrleansKd.Agent.Api;

namespace OrleansKd.Tui.Model;

/// <summary>The warning before a session is hosted whose debugger is connected to its target without a server between them (rule B4).</summary>
internal static class DirectSession
{
    public const string Caution =
        "This debugger is connected to its target directly: ending the debugger ends it for everybody, the session can't be " +
        "restored, and a target that is stopped stays stopped. A server on another computer (kd: -remote; gdb: target remote) " +
        "is strongly recommended.";

    /// <summary>As the agent will read it; what is malformed is told as <paramref name="problem"/> and is not a direct session.</summary>
    public static bool Is(string debugger, string arguments, out string? problem)
    {
        var connection = DebuggerConnection.Of(debugger, arguments);
        problem = connection.Problem;
        return problem is null && !connection.IsThroughServer;
    }
}
