using System.Security.Cryptography;
using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// kd, cdb or ntsd over pipes. Direct, a line of its own behind each command makes it print a marker (an error aborts the rest
/// of a <c>;</c> line), but only where that is safe: a command that asks for input would take it, and one that lets the target run
/// would leave it waiting. Where others are in the session, nothing is ever written but the users' commands.
/// </summary>
internal sealed class KdDialect(string name, IReadOnlyList<string> arguments, bool isThroughServer) : DebuggerDialect
{
    private readonly byte[] stem = Encoding.ASCII.GetBytes("okd-" + RandomNumberGenerator.GetHexString(32, lowercase: true) + "-");
    private volatile bool isShared = isThroughServer || KdArguments.MakesServer(arguments);
    private volatile string? prompt;

    public ReadOnlySpan<byte> MarkerStem => stem;

    public CommandGrammar Grammar { get; } = CommandGrammar.For(name);

    public bool IsThroughServer => isThroughServer;

    /// <summary>Others see what is written to the debugger, and their output comes between ours.</summary>
    public bool IsShared => isShared;

    /// <summary>The target may run when the debugger has started: then there is no prompt.</summary>
    public bool StartsWithoutPrompt => isThroughServer || arguments.Contains("-g");

    public override DebuggerOutput CreateOutput(IDebuggerOutputSink sink, Lock gate, TimeProvider time) => new KdOutput(this, sink, gate, time);

    /// <summary>Decides how the end of a line's output will be told. Called when it is about to be written.</summary>
    public KdEnd EndOf(string line, bool isInput)
    {
        var isServing = line.Contains(".server", StringComparison.OrdinalIgnoreCase);
        isShared |= isServing;
        return isInput || Grammar.AsksForMore(line) ? KdEnd.Input
            : isShared || Grammar.Resumes(line) ? KdEnd.Prompt
            : KdEnd.Marker;
    }

    /// <summary>Null while the debugger has no target.</summary>
    public string? LastPrompt => prompt;

    public void Prompted(string? text) => prompt = text;

    public override Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate) =>
        isThroughServer ? KdLeave.FromServerAsync(console, fate) : KdLeave.FromTargetAsync(console, fate, () => prompt);

    public override void Dispose()
    {
    }
}
