using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Lldb;

internal sealed class LldbProfile : DebuggerProfile
{
    public override string Name => "lldb";

    /// <summary>The agent's part inside lldb is Python.</summary>
    public override string StartHint => "lldb needs its Python module (on Debian and Ubuntu: python3-lldb and a version).";

    /// <summary>Rule B4: a stub (gdbserver, QEMU, a probe) or a platform goes on without lldb.</summary>
    public override string? ServerOf(IReadOnlyList<string> arguments) => LldbConnections.ServerOf(arguments);

    /// <summary>Without its Python module lldb would go on without the agent's part, and its end would be its target's: it is not started.</summary>
    public override DebuggerDialect CreateDialect(string program, string folder, IReadOnlyList<string> arguments, bool isThroughServer) => OperatingSystem.IsLinux()
        ? new LldbDialect(folder, LldbPython.FolderOf(program) ?? throw new DebuggerStartException($"There is no Python module beside '{VisibleText.From(program)}'. {StartHint}"))
        : throw new DebuggerStartException("This version of the agent runs lldb on Linux only.");
}
