namespace OrleansKd.Agent.Debugger;

/// <summary>What the agent knows about one kind of debugger. Stateless; what belongs to one run is its <see cref="DebuggerDialect"/>.</summary>
internal abstract class DebuggerProfile
{
    /// <summary>Name on the wire: <c>gdb</c>, <c>kd</c>, …</summary>
    public abstract string Name { get; }

    /// <summary>File names it is recognised by, without <c>.exe</c>; a name may go on after a dash (<c>gdb-multiarch</c>).</summary>
    public virtual IReadOnlyList<string> ProgramNames => [Name];

    /// <summary>The debugging server that the arguments lead to, and that survives this debugger, as they name it; null: there is none (rule B4).</summary>
    /// <exception cref="DebuggerStartException">A transport is malformed; the message names the part.</exception>
    public virtual string? ServerOf(IReadOnlyList<string> arguments) => null;

    /// <summary>Whether there is one.</summary>
    /// <exception cref="DebuggerStartException">As <see cref="ServerOf"/>.</exception>
    public bool IsThroughServer(IReadOnlyList<string> arguments) => ServerOf(arguments) is not null;

    /// <summary>It can be kept from the computer that it runs on (rule B7).</summary>
    public virtual bool HasSecureMode => false;

    /// <summary>It may print and read in another encoding than UTF-8.</summary>
    public virtual bool HasCodePage => false;

    /// <summary>The arguments with the debugger's secure mode (rule B7).</summary>
    /// <exception cref="DebuggerStartException">It has none, or not like this.</exception>
    public virtual IReadOnlyList<string> Secured(IReadOnlyList<string> arguments, bool isThroughServer) =>
        throw new DebuggerStartException($"{Name} has no secure mode; kd, cdb and ntsd have one.");

    /// <summary>What else to check, for the message when it does not start; empty when nothing is known.</summary>
    public virtual string StartHint => "";

    /// <summary>Makes what one run needs.</summary>
    /// <param name="program">The path that is started.</param>
    /// <param name="folder">For files that it needs; private to this user.</param>
    /// <param name="arguments">The user's, split.</param>
    /// <param name="isThroughServer">What <see cref="IsThroughServer"/> said of them.</param>
    /// <exception cref="DebuggerStartException">This kind can't be run here.</exception>
    public abstract DebuggerDialect CreateDialect(string program, string folder, IReadOnlyList<string> arguments, bool isThroughServer);

    public bool Recognises(string path)
    {
        var name = Path.GetFileName(path);
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        return ProgramNames.Any(program =>
            name.StartsWith(program, StringComparison.OrdinalIgnoreCase) && (name.Length == program.Length || name[program.Length] == '-'));
    }
}
