using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>How to talk to the debugger of one run: its own arguments, what its output means, and how to leave it.</summary>
internal abstract class DebuggerDialect : IDisposable
{
    /// <summary>Go before the user's arguments.</summary>
    public virtual IReadOnlyList<string> OwnArguments => [];

    /// <summary>Added to the agent's own environment for the debugger.</summary>
    public virtual IReadOnlyDictionary<string, string> OwnEnvironment => System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>What the debugger gets, besides the end of its input, when the agent is gone (a name as <c>kill -l</c> gives it).</summary>
    public virtual string EndSignal => "TERM";

    /// <summary>Further Breaks are the same wish until then; null: each is sent.</summary>
    public virtual TimeSpan? BreakAgainAfter => null;

    /// <summary>Whether a Break is also for what the debugger started in its own process group; its targets must never be in it.</summary>
    public virtual bool BreaksGroup => false;

    /// <summary>Whether a debugger that is stuck may get SIGTERM before SIGKILL: it must do its target no harm.</summary>
    public virtual bool MayBeTerminated(int processId) => true;

    /// <summary>Makes what reads this run's output. Called once.</summary>
    public abstract DebuggerOutput CreateOutput(IDebuggerOutputSink sink, Lock gate, TimeProvider time);

    /// <summary>The first prompt came: what was only needed to start can go.</summary>
    public virtual void Started()
    {
    }

    /// <summary>Leaves the debugger, wherever it is. Returns when it has ended.</summary>
    /// <param name="fate">Null: the target stays as it is, running or stopped.</param>
    /// <returns>What became of the target, as far as that is known: no more than what was asked for.</returns>
    public abstract Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate);

    public abstract void Dispose();
}
