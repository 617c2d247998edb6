namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A real gdb.</summary>
internal static class GdbSession
{
    public static Task<DebuggerSession> StartAsync(string arguments, TimeProvider? time = null) => DebuggerSession.StartAsync("gdb", arguments, time);
}
