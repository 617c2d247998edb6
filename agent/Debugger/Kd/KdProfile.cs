namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>The debuggers on Microsoft's engine: kd, cdb, ntsd.</summary>
internal sealed class KdProfile(string name) : DebuggerProfile
{
    public override string Name => name;

    public override string? ServerOf(IReadOnlyList<string> arguments) => KdArguments.ServerOf(arguments);

    public override bool HasSecureMode => true;

    public override bool HasCodePage => true;

    public override IReadOnlyList<string> Secured(IReadOnlyList<string> arguments, bool isThroughServer) => isThroughServer
        ? throw new DebuggerStartException("Secure mode belongs to the KD server: give -secure where that is started. A debugger that connects to it can't set it.")
        : KdArguments.Secured(arguments);

    public override DebuggerDialect CreateDialect(string program, string folder, IReadOnlyList<string> arguments, bool isThroughServer) =>
        new KdDialect(name, arguments, isThroughServer);
}
