namespace OrleansKd.Agent.Debugger.Gdb;

internal sealed class GdbProfile : DebuggerProfile
{
    public override string Name => "gdb";

    public override DebuggerDialect CreateDialect(string folder, IReadOnlyList<string> arguments, bool isThroughServer) => OperatingSystem.IsLinux()
        ? new GdbDialect(folder)
        : throw new DebuggerStartException("This version of the agent runs gdb on Linux only.");
}
