namespace OrleansKd.Agent.Debugger.Gdb;

internal sealed class GdbProfile : DebuggerProfile
{
    public override string Name => "gdb";

    /// <summary>Rule B4: a remote stub (gdbserver, QEMU, a probe) goes on without gdb; one that gdb starts behind a pipe does not.</summary>
    public override string? ServerOf(IReadOnlyList<string> arguments) => GdbConnections.ServerOf(arguments);

    public override DebuggerDialect CreateDialect(string program, string folder, IReadOnlyList<string> arguments, bool isThroughServer) => OperatingSystem.IsLinux()
        ? new GdbDialect(folder)
        : throw new DebuggerStartException("This version of the agent runs gdb on Linux only.");
}
