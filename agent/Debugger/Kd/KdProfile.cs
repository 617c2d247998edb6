namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>The debuggers on Microsoft's engine: kd, cdb, ntsd.</summary>
internal sealed class KdProfile(string name) : DebuggerProfile
{
    public override string Name => name;

    public override bool IsThroughServer(IReadOnlyList<string> arguments) => KdArguments.LeadToServer(arguments);

    public override DebuggerDialect CreateDialect(string folder, IReadOnlyList<string> arguments, bool isThroughServer) =>
        new KdDialect(name, arguments, isThroughServer);
}
