using OrleansKd.Agent.Debugger.Unix;

namespace OrleansKd.Agent.Debugger;

/// <summary>How a debugger ended: an exit code, or the signal that ended it, or neither when it left its place to a keeper of the stopped target.</summary>
internal sealed record DebuggerExit(int? ExitCode, string? Signal)
{
    public static readonly DebuggerExit Kept = new(null, null);

    public static DebuggerExit FromExitCode(int exitCode) =>
        Signals.FromExitCode(exitCode) is { } signal ? new(null, signal) : new(exitCode, null);

    public override string ToString() => this switch
    {
        { Signal: { } signal } => $"was ended by {signal}",
        { ExitCode: { } code } => $"ended with exit code {code}",
        _ => "left; its target stays stopped",
    };
}
