using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// The live path. These methods interleave with rules that wait for storage: each looks and changes in one step between two
/// awaits, and none leaves anything half done across one.
/// </summary>
internal sealed partial class SessionGrain
{
    public async Task<Outcome<SessionPage>> Read(ReadCursor cursor)
    {
        var end = time.GetTimestamp() + Ticks(UntilClientsSeeItNoMore(cursor.Wait));
        while (true)
        {
            if (writer is null || durable.IsDeleted)
                return Refusals.SessionNotFound;
            var changed = readers.Next;
            var page = PageAfter(cursor);
            if (page.Entries.Length > 0 || page.After != cursor.After || page.DurableThrough > cursor.KnownDurable || page.Epoch != cursor.Epoch
                || cursor.Readers?.Any(reader => CheckReader(reader) is not null) == true || !await WaitFor(changed, end))
                return cursor.Readers is { } people ? page with { Denied = Prove(people) } : page;
        }
    }

    public Task<Outcome<Done>> Press(CallerId caller, KeyPress press)
    {
        if (writer is null)
            return Task.FromResult<Outcome<Done>>(Refusals.SessionNotFound);
        var decision = SessionRules.Press(session, caller, press.Id, press.Key, press.Run, agent.IsReachable, Now);
        if (decision is Decision.Refuse { Refusal: var refusal })
            return Task.FromResult<Outcome<Done>>(refusal);
        if (((Decision.Record)decision).Entries is [var entry])
        {
            string[]? cancels = entry.Kind is SessionLogEntryKind.BreakSent ? [.. session.Commands.Where(command => !command.IsRunning).Select(command => command.Id)] : null;
            agent.Signal(press.Id, entry.Body.Key, cancels);
            lane.All();
            Record([entry], position);
            CheckAgain();
        }
        return Task.FromResult<Outcome<Done>>(new Done());
    }

    public Task<Outcome<Done>> ReportSpool(AgentSpool spool)
    {
        if (CheckAgent(spool.Connection, spool.Run) is { } refusal)
            return Task.FromResult<Outcome<Done>>(refusal);
        agent.Heard();
        Record(SessionRules.AfterSpoolReport(session, spool.State, spool.Bytes, spool.LimitBytes), position);
        return Task.FromResult<Outcome<Done>>(new Done());
    }

    public async Task<Outcome<AgentAttached>> AttachAgent(AgentAttach attach)
    {
        if (writer is null || durable.IsDeleted || durable.Host?.Id != attach.User.ToString())
            return Refusals.SessionNotFound;
        if (attach.Run > session.Run && session.State is not SessionState.Terminated)
            return new Refusal(ProblemCodes.SessionNotFound, $"This session does not know run {attach.Run} of its debugger yet.");
        if (session.GivenUpRuns.Contains(attach.Run))
            return new Refusal(ProblemCodes.RunGivenUp, $"Run {attach.Run} of this session's debugger was given up while its agent was unreachable; the session went on without it.");
        if (session.RunIsOver || attach.Run != session.Run)
            return new Refusal(ProblemCodes.SessionTerminated, $"Run {attach.Run} of this session's debugger is over; its end is recorded.");
        if (!string.Equals(attach.Computer, session.Computer, StringComparison.Ordinal))
            return new Refusal(ProblemCodes.NotPermitted, $"This session's debugger runs on {session.Computer}, not on {attach.Computer}.");
        agent.Attach(attach.Connection);
        lane.All();
        var accepted = ChunksOf(position);
        LogAgentAttached(Id, attach.AgentInstance, attach.Run, accepted);
        if (session.Debugger is DebuggerState.Offline)
            await Commit(new Decision.Record(SessionRules.AfterAgentBack(session, attach.LastInstruction)));
        if (SessionRules.AfterSecretsLost(session, attach.LastInstruction, secrets.ContainsKey) is { Length: > 0 } lost)
            await Commit(new Decision.Record(lost));
        CheckAgain();
        return new AgentAttached(writer.Epoch, ChunksOf(position));
    }

    public async Task<Outcome<ChunksAccepted>> Append(AgentChunks batch)
    {
        if (CheckAgent(batch.Connection, batch.Run) is { } refusal)
            return refusal;
        agent.Heard();
        var end = time.GetTimestamp() + Ticks(LongestWait);
        while (tail.PendingBytes >= SessionTail.PendingBytesLimit)
        {
            if (!await WaitFor(writer!.NextMove, end))
                return new ChunksAccepted(ChunksOf(position), ChunksOf(writer.DurablePosition));
            if (CheckAgent(batch.Connection, batch.Run) is { } meanwhile)
                return meanwhile;
        }
        return Take(batch);
    }

    public async Task<Outcome<AgentLane>> ReadAgentLane(AgentCursor cursor)
    {
        var end = time.GetTimestamp() + Ticks(cursor.Wait);
        while (true)
        {
            var changed = lane.Next;
            if (CheckAgent(cursor.Connection, cursor.Run) is { } refusal)
                return refusal;
            agent.Heard();
            var found = LaneAfter(cursor);
            if (found.Durable > cursor.KnownDurable || found.Instructions.Length > 0 || found.Signals.Length > 0 || found.RunIsOver || !await WaitFor(changed, end))
                return found;
        }
    }

    /// <summary>A wait that ends when the clients' time is over (a timer may be early), so that they are told then and not some seconds later.</summary>
    private TimeSpan UntilClientsSeeItNoMore(TimeSpan wait) =>
        SessionRules.VisibleToClientsUntil(durable) - Now is { } left && left > TimeSpan.Zero && left < wait ? left + TimeSpan.FromMilliseconds(20) : wait;

    private Outcome<ChunksAccepted> Take(AgentChunks batch)
    {
        var hasReport = false;
        var before = tail.Last;
        foreach (var chunk in batch.Chunks)
        {
            var expected = ChunksOf(position) + 1;
            if (chunk.Number < expected)
                continue;
            if (chunk.Number > expected)
                return new Refusal(ProblemCodes.OutOfStep, $"Chunk {expected} is the next one, not {chunk.Number}.");
            var accepted = new RunPosition(batch.Run, chunk.Number);
            if (chunk.Kind is AgentChunkKind.Output)
            {
                position = accepted;
                if (Limit.IsReached(acceptedBytes))
                    LeaveOut(chunk.Data.Length);
                else
                    Add(SessionLogEntryKind.Output, chunk.Data);
            }
            else
            {
                hasReport = true;
                Record(SessionChunks.Entries(session, chunk), accepted);
            }
        }
        if (Limit.IsToWarn(session, acceptedBytes))
            Record([Limit.Warning(acceptedBytes)], position);
        if (tail.Last > before)
            Announce(hasReport);
        return new ChunksAccepted(ChunksOf(position), ChunksOf(writer!.DurablePosition));
    }

    private SessionPage PageAfter(ReadCursor cursor)
    {
        // A reader ahead of this tail comes from an earlier epoch, whose last output did not become durable.
        var after = cursor.After > tail.Last ? tail.DurableThrough : Math.Max(cursor.After, tail.StartAfter);
        return new SessionPage(writer!.Epoch, after, tail.Read(after, cursor.MaxBytes), tail.DurableThrough);
    }

    private AgentLane LaneAfter(AgentCursor cursor)
    {
        // A run that is accepted and not durable yet: what is durable is about the run before, whose end was asked for.
        if (durable.Run != session.Run)
            return new AgentLane(0, [], agent.SignalsAfter(cursor.Signal), RunIsOver: false);
        var instructions = durable.Commands
            .Where(command => !command.IsRunning && command.Sequence > cursor.Instruction && (!command.IsMasked || secrets.ContainsKey(command.Id)))
            .Select(command => new InstructionItem(command.Sequence, AgentInstructionKind.RunCommand, command.Id, secrets.GetValueOrDefault(command.Id, command.Text), null, command.IsInspect))
            .ToList();
        instructions.AddRange(durable.Commands.Where(command => !command.IsRunning && command.RemovalAskedBy > cursor.Instruction)
            .Select(command => new InstructionItem(command.RemovalAskedBy, AgentInstructionKind.CancelCommand, command.Id, command.RemovalReason, null)));
        if (durable.CancelWaitingBy > cursor.Instruction && durable.Commands.Any(command => !command.IsRunning && command.Sequence < durable.CancelWaitingBy))
            instructions.Add(new InstructionItem(durable.CancelWaitingBy, AgentInstructionKind.CancelWaiting, null, "The session was closed.", null));
        if (durable.EndAskedBy > cursor.Instruction)
        {
            var reason = durable.State is SessionState.Terminated ? "The session was terminated." : "The session was closed.";
            instructions.Add(new InstructionItem(durable.EndAskedBy, AgentInstructionKind.EndDebugger, null, reason, durable.EndTarget));
        }
        instructions.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
        if (instructions.Count > 0)
            agent.HandedThrough = Math.Max(agent.HandedThrough, instructions[^1].Sequence);
        return new AgentLane(ChunksOf(writer!.DurablePosition), [.. instructions], agent.SignalsAfter(cursor.Signal), durable.RunIsOver, durable.State is SessionState.Terminated);
    }

    private Refusal? CheckAgent(string connection, int run)
    {
        if (writer is null || durable.IsDeleted)
            return Refusals.SessionNotFound;
        return connection == agent.Connection && run == session.Run
            ? null
            : new Refusal(ProblemCodes.OutOfStep, "Another connection speaks for this run, or this server does not know it yet. Attach again.");
    }

    /// <summary>Chunks of the current run up to this position.</summary>
    private long ChunksOf(RunPosition at) => at.Run == session.Run ? at.Chunk : 0;

    private long Ticks(TimeSpan wait) => (long)(Math.Clamp(wait.TotalSeconds, 0, LongestWait.TotalSeconds) * time.TimestampFrequency);

    /// <summary>False when the time is up or this activation closes: then the reader gets what there is.</summary>
    private async Task<bool> WaitFor(Task change, long end)
    {
        var left = time.GetElapsedTime(time.GetTimestamp(), end);
        if (left <= TimeSpan.Zero || closing.Task.IsCompleted)
            return false;
        try
        {
            return await Task.WhenAny(change, closing.Task).WaitAsync(left, time) == change;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
