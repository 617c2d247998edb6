namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>The debuggers on Microsoft's engine: kd, cdb, ntsd.</summary>
internal sealed class KdProfile(string name) : DebuggerProfile
{
    public override string Name => name;

    public override bool IsThroughServer(IReadOnlyList<string> arguments)
    {
        if (RemoteTransport.In(arguments) is not { } transport)
            return false;
        return RemoteTransport.ProblemOf(transport) is { } problem
            ? throw new DebuggerStartException($"The argument of -remote can't be used: {problem}")
            : true;
    }

    public override DebuggerDialect CreateDialect(string folder, IReadOnlyList<string> arguments, bool isThroughServer) =>
        throw new DebuggerStartException($"This version of the agent can't run {name} yet. Choose a gdb.");
}
