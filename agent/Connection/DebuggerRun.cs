using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Agent.Connection;

/// <summary>One live run: passes instructions and signals to its debugger, and records how it ends.</summary>
internal sealed partial class DebuggerRun : IRunReceiver, ICommandLaneActions
{
    private readonly LaunchedDebugger debugger;
    private readonly OutputSpool spool;
    private readonly string folder;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CommandLane lane;
    private readonly SignalLane signals;
    private readonly OrderedWork work = new();
    private readonly Lock ending = new();
    private readonly Lock saving = new();
    private readonly KeptArguments kept;
    private Task<TargetFate?>? leave;
    private string? endReason;
    private RunEnd endAsked;
    private RunFile file;

    public DebuggerRun(RunFile file, string folder, OutputSpool spool, LaunchedDebugger debugger, KeptArguments kept, TimeProvider time, ILogger logger)
    {
        (this.file, this.folder, this.spool, this.debugger, this.kept, this.time, this.logger) = (file, folder, spool, debugger, kept, time, logger);
        lane = new(this);
        signals = new(file.Run);
        debugger.Process.BecameReady = lane.Continue;
        debugger.Process.TargetLetGo = () => spool.Report(new() { Number = 0, Kind = AgentChunkKind.TargetLetGo, Text = $"{debugger.Kind} let its target go" });
        Ended = RecordEndAsync();
    }

    /// <summary>The debugger is gone and its end is the last chunk of the spool.</summary>
    public Task Ended { get; }

    public long LastInstruction => lane.LastActedOn;

    public LaunchedDebugger Debugger => debugger;

    /// <summary>Its session knows it.</summary>
    public bool WasAttached
    {
        get
        {
            lock (saving)
                return file.WasAttached;
        }
    }

    /// <summary>The debugger is there, and nobody has asked it to go.</summary>
    public bool IsAlive
    {
        get
        {
            lock (ending)
                return leave is null && !Ended.IsCompleted;
        }
    }

    /// <summary>Leaves the debugger, once; later calls wait for the first.</summary>
    /// <param name="fate">Null: the target stays as it is.</param>
    /// <param name="end">What is reported when nothing ended the debugger before.</param>
    public async Task EndAsync(TargetFate? fate, string reason, RunEnd end = RunEnd.Left)
    {
        lock (ending)
        {
            if (leave is null && !debugger.Process.Exited.IsCompleted)
                (endReason, endAsked) = (reason, end);
            leave ??= LeaveAsync(fate, reason);
        }
        await leave;
        await Ended;
    }

    public void Attached() => work.Add(() =>
    {
        if (!WasAttached)
            Save(file => file with { WasAttached = true });
        lane.Attach();
        lane.Continue();
    });

    public void SessionTerminated() => kept.Forget(file.SessionId);

    public void Detached() => work.Add(lane.Detach, isNeeded: true);

    public void Receive(IReadOnlyList<AgentInstruction> instructions) => work.Add(() => lane.Receive(instructions));

    public void Receive(ControlSignal signal)
    {
        if (!signals.IsNew(signal))
            return;
        // The prompt that a Break brings back is not for what waits.
        lane.Pause();
        var reason = signals.ReasonToRefuse(signal) ?? debugger.Press(signal.Key);
        if (reason is not null)
            LogSignalRefused(signal.Id, file.SessionId, reason);
        work.Add(() => Record(signal, reason), isNeeded: true);
    }

    /// <summary>What follows from a signal that was acted on, or was not, for a reason.</summary>
    private void Record(ControlSignal signal, string? refused)
    {
        const string Reason = "A Break came first.";
        if (refused is not null)
        {
            spool.Report(new() { Number = 0, Kind = AgentChunkKind.KeyRefused, Key = signal.Key, Text = refused });
        }
        else if (signal.Key is null)
        {
            lane.CancelAll(Reason);
            lane.Cancel(signal.Cancels ?? [], Reason);
        }
        lane.Resume();
    }

    string? ICommandLaneActions.ProblemOf(string line) => debugger.Process.ProblemOf(line);

    bool ICommandLaneActions.TryRun(string commandId, string line, bool isInspect)
    {
        debugger.Process.Hide(SecretText.SecretsOfCommand(debugger.Kind, line));
        return debugger.Process.TryRun(commandId, isInspect ? CommandGrammar.For(debugger.Kind).Guarded(line) : line, isInspect);
    }

    bool ICommandLaneActions.IsContinuing => debugger.Process.IsContinuing;

    void ICommandLaneActions.Cancelled(string commandId, string reason) =>
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.CommandCancelled, CommandId = commandId, Text = reason });

    void ICommandLaneActions.ActedOn(long sequence) => Save(file => file with { LastInstruction = sequence });

    void ICommandLaneActions.End(TargetFate? fate, string reason) => _ = EndAsync(fate, reason);

    private void Save(Func<RunFile, RunFile> change)
    {
        lock (saving)
        {
            file = change(file);
            try
            {
                file.Save(folder);
            }
            catch (IOException problem)
            {
                // What was started is in the spool; this only spares the server a repetition.
                LogNotSaved(problem, file.SessionId);
            }
        }
    }

    private async Task<TargetFate?> LeaveAsync(TargetFate? fate, string reason)
    {
        await Task.Yield();
        lane.End("The debugger is being ended.");
        spool.LetGo();
        LogLeaving(file.SessionId, file.Run, fate, reason);
        return (await DebuggerLeave.LeaveAsync(debugger.Process, debugger.Dialect, fate, time)).Left;
    }

    private async Task RecordEndAsync()
    {
        var exit = await debugger.Process.Exited;
        lane.End("The debugger has ended.");
        string? reason;
        RunEnd end;
        Task<TargetFate?>? leaving;
        lock (ending)
        {
            (reason, leaving) = (endReason, leave);
            end = reason is not null ? endAsked : exit.Signal is not null ? RunEnd.Signalled : RunEnd.Exited;
        }
        var target = reason is null ? null : await leaving!;
        var text = $"{debugger.Kind} {exit}.{(reason is null ? "" : " " + reason)}";
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited, End = end, ExitCode = exit.ExitCode, Signal = exit.Signal, Target = target, Text = text });
        LogEnded(file.SessionId, file.Run, text);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Break or key {Id} of session {Session} was refused: {Reason}.")]
    private partial void LogSignalRefused(string id, string session, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "run.json of session {Session} could not be written.")]
    private partial void LogNotSaved(Exception problem, string session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Leaving the debugger of session {Session}, run {Run} ({Fate}; null: its target as it is): {Reason}")]
    private partial void LogLeaving(string session, int run, TargetFate? fate, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: {End}")]
    private partial void LogEnded(string session, int run, string end);
}
