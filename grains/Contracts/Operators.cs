namespace OrleansKd.Contracts;

/// <summary>What the host lets an invited client do with the debugger (rule E7); JSON: <c>inspect</c>, <c>full</c>.</summary>
public enum OperatorRight
{
    /// <summary>Enter known reading commands: what <see cref="Debuggers.CommandGrammar.RefusalToInspect"/> does not refuse.</summary>
    Inspect,

    /// <summary>
    /// Enter any command, Break, press control keys. Whoever has it can run programs on the host's computer as the host, stop or end the
    /// target, and end the KD server.
    /// </summary>
    Full,
}

/// <summary>A client who may enter commands.</summary>
public sealed record OperatorSummary(UserSummary Person, OperatorRight Right);

/// <summary>Gives an invited client this right, in place of the one that they have (rule E7).</summary>
public sealed record GrantRequest(OperatorRight? Right);
