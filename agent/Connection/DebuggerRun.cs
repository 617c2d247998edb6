using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

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
    private Task? leave;
    private string? endReason;
    private RunFile file;

    public DebuggerRun(RunFile file, string folder, OutputSpool spool, LaunchedDebugger debugger, TimeProvider time, ILogger logger)
    {
        (this.file, this.folder, this.spool, this.debugger, this.time, this.logger) = (file, folder, spool, debugger, time, logger);
        lane = new(this);
        signals = new(file.Run);
        debugger.Process.BecameReady = lane.Continue;
        Ended = RecordEndAsync();
    }

    /// <summary>The debugger is gone and its end is the last chunk of the spool.</summary>
    public Task Ended { get; }

    public long LastInstruction => lane.LastActedOn;

    /// <summary>Leaves the debugger, once; later calls wait for the first.</summary>
    public async Task EndAsync(TargetFate fate, string reason)
    {
        lock (ending)
        {
            endReason ??= reason;
            leave ??= LeaveAsync(fate, reason);
        }
        await leave;
        await Ended;
    }

    public void Attached() => work.Add(() =>
    {
        lane.Attach();
        lane.Continue();
    });

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

    bool ICommandLaneActions.TryRun(string commandId, string line) => debugger.Process.TryRun(commandId, line);

    void ICommandLaneActions.Cancelled(string commandId, string reason) =>
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.CommandCancelled, CommandId = commandId, Text = reason });

    void ICommandLaneActions.ActedOn(long sequence)
    {
        file = file with { LastInstruction = sequence };
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

    void ICommandLaneActions.End(TargetFate fate) => _ = EndAsync(fate, "The session was terminated.");

    private async Task LeaveAsync(TargetFate fate, string reason)
    {
        await Task.Yield();
        lane.End("The debugger is being ended.");
        spool.LetGo();
        LogLeaving(file.SessionId, file.Run, fate, reason);
        await DebuggerLeave.LeaveAsync(debugger.Process, debugger.Dialect, fate, time);
    }

    private async Task RecordEndAsync()
    {
        var exit = await debugger.Process.Exited;
        lane.End("The debugger has ended.");
        string? reason;
        lock (ending)
            reason = endReason;
        var text = $"{debugger.Kind} {exit}.{(reason is null ? "" : " " + reason)}";
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited, ExitCode = exit.ExitCode, Signal = exit.Signal, Text = text });
        LogEnded(file.SessionId, file.Run, text);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Break or key {Id} of session {Session} was refused: {Reason}.")]
    private partial void LogSignalRefused(string id, string session, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "run.json of session {Session} could not be written.")]
    private partial void LogNotSaved(Exception problem, string session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Leaving the debugger of session {Session}, run {Run} ({Fate}): {Reason}")]
    private partial void LogLeaving(string session, int run, TargetFate fate, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: {End}")]
    private partial void LogEnded(string session, int run, string end);
}
