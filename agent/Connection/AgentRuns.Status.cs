using OrleansKd.Agent.Control;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>What the runs look like from outside, and whether the agent may end without harm to one.</summary>
internal sealed partial class AgentRuns
{
    private readonly Lock starts = new();
    private int startsUnderWay;

    /// <summary>Called when a run's upload is over, on any thread.</summary>
    public Action? Ended { get; set; }

    /// <summary>A debugger runs or is being started, or something is not uploaded.</summary>
    public bool IsBusy
    {
        get
        {
            lock (starts)
                return startsUnderWay > 0 || !runs.IsEmpty;
        }
    }

    /// <summary>A start request is being answered until this is disposed. Once a stop has begun, it is refused.</summary>
    public IDisposable BeginStart()
    {
        lock (starts)
            startsUnderWay++;
        return new Start(this);
    }

    /// <summary>From now on nothing is started; false, and nothing changed, when something runs or begins to.</summary>
    public bool TryBeginStop()
    {
        lock (starts)
        {
            if (startsUnderWay > 0 || !runs.IsEmpty)
                return false;
            return isStopping = true;
        }
    }

    /// <summary>Runs with a debugger, and those that an earlier agent left behind.</summary>
    public AgentSession[] Describe() =>
    [
        .. runs.Select(held => held.Value.Live?.Describe() ?? DescribeLeftover(held.Key))
            .OfType<AgentSession>().OrderBy(session => session.StartedAt),
    ];

    /// <summary>Null when it was uploaded just now.</summary>
    private static AgentSession? DescribeLeftover(string folder)
    {
        try
        {
            return RunFile.Load(folder) is { } file
                ? new(file.SessionId, file.Run, file.Debugger, null, DebuggerState.Exited, false, file.StartedAt, new DirectoryInfo(folder).EnumerateFiles().Sum(item => item.Length), SpoolState.Normal)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed class Start(AgentRuns runs) : IDisposable
    {
        public void Dispose()
        {
            lock (runs.starts)
                runs.startsUnderWay--;
        }
    }
}
