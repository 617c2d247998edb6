namespace OrleansKd.Agent.Debugger.Lldb;

internal sealed class LldbProfile : DebuggerProfile
{
    public override string Name => "lldb";

    public override DebuggerDialect CreateDialect(string folder, IReadOnlyList<string> arguments, bool isThroughServer) =>
        throw new DebuggerStartException("This version of the agent can't run lldb yet. Choose a gdb.");
}
