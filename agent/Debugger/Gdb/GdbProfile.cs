namespace OrleansKd.Agent.Debugger.Gdb;

internal sealed class GdbProfile : DebuggerProfile
{
    public override string Name => "gdb";

    public override DebuggerDialect CreateDialect(string folder) => OperatingSystem.IsLinux()
        ? new GdbDialect(folder)
        : throw new DebuggerStartException("This version of the agent runs gdb on Linux only.");
}
