using System.Text;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// One running debugger: its state, the command that it runs, Break, and its output on the way into the record. Invariants: a
/// line is written to it only at its prompt; a command is in the record before it is written; Break waits for nothing.
/// </summary>
internal sealed class DebuggerProcess : IChildOutput, IMarkerSink
{
    /// <summary>A target that stops again within this was stepped; showing it as running would flicker.</summary>
    public static readonly TimeSpan RunningAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>Silence after what looks like a continuation prompt, before it is taken for one.</summary>
    public static readonly TimeSpan ContinuationAfter = TimeSpan.FromMilliseconds(150);

    private readonly Lock gate = new();
    private readonly DebuggerDialect dialect;
    private readonly IRunRecord record;
    private readonly MarkerScanner scanner;
    private readonly PromptTracker tracker = new();
    private readonly ITimer running;
    private readonly ITimer continuation;
    private readonly byte[] shownPrompt;
    private readonly TaskCompletionSource atWork = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DebuggerExit> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource prompted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess child = null!;
    private string? currentCommand;
    private bool isTargetRunning;
    private bool isContinuing;
    private bool isLeaving;
    private TargetFate? left;

    private DebuggerProcess(DebuggerDialect dialect, IRunRecord record, TimeProvider time)
    {
        (this.dialect, this.record) = (dialect, record);
        scanner = new(dialect.MarkerStem.ToArray(), this);
        shownPrompt = Encoding.UTF8.GetBytes(dialect.Prompt);
        running = time.CreateTimer(_ => OnRunning(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        continuation = time.CreateTimer(_ => OnContinuation(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public DebuggerState State { get; private set; } = DebuggerState.Starting;

    public int ProcessId => child.Id;

    /// <summary>Whether the debugger marks itself that its target resumes and stops.</summary>
    public bool ReportsTarget { get; private set; }

    /// <summary>The target runs, as far as the debugger tells.</summary>
    public bool IsTargetRunning
    {
        get
        {
            lock (gate)
                return isTargetRunning;
        }
    }

    /// <summary>Completes at the first prompt, or when the target runs at the debugger's arguments' own wish.</summary>
    public Task AtWork => atWork.Task;

    public Task<DebuggerExit> Exited => exited.Task;

    /// <summary>Called, on the output's thread, when the debugger takes a command.</summary>
    public Action? BecameReady { get; set; }

    public static async Task<DebuggerProcess> StartAsync(string program, IEnumerable<string> arguments, DebuggerDialect dialect, IRunRecord record, TimeProvider time)
    {
        var debugger = new DebuggerProcess(dialect, record, time);
        debugger.SetState(DebuggerState.Starting, null);
        debugger.child = await ChildProcess.StartAsync(program, dialect.OwnArguments.Concat(arguments), debugger);
        return debugger;
    }

    /// <summary>Records that the command starts, and hands it over; false (and nothing happened) when the debugger is not at its prompt.</summary>
    /// <param name="onlyAsCommand">Also false where the line would become more of an earlier command.</param>
    public bool TryRun(string commandId, string line, bool onlyAsCommand = false)
    {
        lock (gate)
        {
            if (State != DebuggerState.Ready || isLeaving || (onlyAsCommand && isContinuing))
                return false;
            record.Report(new() { Number = 0, Kind = AgentChunkKind.CommandStarted, CommandId = commandId });
            currentCommand = commandId;
            SetState(DebuggerState.Busy, null);
            tracker.Reset();
            if (!ReportsTarget && dialect.Resumes(line))
                Resumed();
        }
        _ = WriteAsync(line);
        return true;
    }

    /// <summary>The debugger waits for more of a command.</summary>
    public bool IsContinuing
    {
        get
        {
            lock (gate)
                return State == DebuggerState.Ready && isContinuing;
        }
    }

    /// <summary>Interrupts the debugger or its target, now, whatever else goes on.</summary>
    public void Break() => child.Send(Signals.Interrupt);

    /// <summary>No command is started any more.</summary>
    public void StopCommands()
    {
        lock (gate)
            isLeaving = true;
    }

    public void Terminate() => child.Send(Signals.Terminate);

    public void Kill() => child.Send(Signals.Kill);

    /// <summary>Completes at the next prompt that is not a continuation; has completed when the debugger is at one now.</summary>
    internal Task PromptAsync()
    {
        lock (gate)
            return State == DebuggerState.Ready && !isContinuing ? Task.CompletedTask : prompted.Task;
    }

    /// <summary>Writes a line that is nobody's command, while leaving; the result completes at the next prompt.</summary>
    internal Task SendAsync(string line)
    {
        Task next;
        lock (gate)
        {
            next = prompted.Task;
            SetState(DebuggerState.Busy, null);
            tracker.Reset();
        }
        return WriteAsync(line).ContinueWith(_ => next, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Writes the line that ends it; the result is what it told of its target, at its end.</summary>
    internal async Task<TargetFate?> SendLastAsync(string line)
    {
        await WriteAsync(line);
        await Exited;
        return left;
    }

    void IChildOutput.OnOutput(ReadOnlySpan<byte> block) => scanner.Read(block);

    void IChildOutput.OnExit(int exitCode)
    {
        scanner.Complete();
        End(DebuggerExit.FromExitCode(exitCode));
    }

    void IMarkerSink.OnText(ReadOnlySpan<byte> text)
    {
        record.Output(text);
        lock (gate)
        {
            tracker.Add(text);
            var isPrompt = State == DebuggerState.Busy && !isTargetRunning && dialect.IsContinuationPrompt(tracker.Line);
            continuation.Change(isPrompt ? ContinuationAfter : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    void IMarkerSink.OnMarker(MarkerKind kind)
    {
        switch (kind)
        {
            case MarkerKind.Prompt:
                OnPrompt();
                break;
            case MarkerKind.Reporting:
                ReportsTarget = true;
                break;
            case MarkerKind.Resumed:
                lock (gate)
                    Resumed();
                break;
            case MarkerKind.Stopped:
                OnStopped();
                break;
            case MarkerKind.LetRun:
                left = TargetFate.LetRun;
                break;
            case MarkerKind.LeftStopped:
                left = TargetFate.LeaveStopped;
                break;
            case MarkerKind.Left:
                End(DebuggerExit.Kept);
                break;
        }
    }

    private void OnPrompt()
    {
        lock (gate)
            CompleteCommand();
        record.Output(shownPrompt);
        lock (gate)
        {
            Stopped();
            tracker.Reset();
            if (State == DebuggerState.Starting)
                dialect.Started();
            isContinuing = false;
            SetState(DebuggerState.Ready, dialect.Prompt);
            prompted.TrySetResult();
            prompted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        atWork.TrySetResult();
        BecameReady?.Invoke();
    }

    private void OnContinuation()
    {
        lock (gate)
        {
            if (State != DebuggerState.Busy || isTargetRunning || !dialect.IsContinuationPrompt(tracker.Line))
                return;
            CompleteCommand();
            isContinuing = true;
            SetState(DebuggerState.Ready, Encoding.UTF8.GetString(tracker.Line));
        }
        BecameReady?.Invoke();
    }

    private void OnRunning()
    {
        lock (gate)
        {
            if (!isTargetRunning || State is not (DebuggerState.Busy or DebuggerState.Starting))
                return;
            if (State == DebuggerState.Starting)
                dialect.Started();
            SetState(DebuggerState.Running, null);
        }
        atWork.TrySetResult();
    }

    private void OnStopped()
    {
        lock (gate)
        {
            Stopped();
            if (State == DebuggerState.Running)
                SetState(DebuggerState.Busy, null);
        }
    }

    private void Resumed()
    {
        isTargetRunning = true;
        running.Change(RunningAfter, Timeout.InfiniteTimeSpan);
    }

    private void Stopped()
    {
        isTargetRunning = false;
        running.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void CompleteCommand()
    {
        if (currentCommand is null)
            return;
        record.Report(new() { Number = 0, Kind = AgentChunkKind.CommandCompleted, CommandId = currentCommand });
        currentCommand = null;
    }

    private void SetState(DebuggerState state, string? prompt)
    {
        var isNews = state != State || state is DebuggerState.Starting or DebuggerState.Ready;
        State = state;
        if (isNews && !isLeaving)
            record.Report(new() { Number = 0, Kind = AgentChunkKind.StateChanged, State = state, Text = prompt });
    }

    private void End(DebuggerExit exit)
    {
        lock (gate)
        {
            // A keeper's end comes after the debugger's.
            if (State == DebuggerState.Exited)
                return;
            Stopped();
            continuation.Dispose();
            running.Dispose();
            State = DebuggerState.Exited;
            dialect.Dispose();
            prompted.TrySetCanceled();
        }
        exited.TrySetResult(exit);
    }

    private async Task WriteAsync(string line)
    {
        try
        {
            await child.WriteLineAsync(line);
        }
        catch (IOException)
        {
            // It ends: Exited tells.
        }
    }
}
