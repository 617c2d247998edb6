using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>How entries get into the session: numbered and folded at once, durable a little later.</summary>
internal sealed partial class SessionGrain
{
    /// <summary>Records what a rule decided and waits until it is durable; the value is the sequence of its last entry.</summary>
    private async Task<Outcome<long>> Commit(Decision decision)
    {
        if (writer is null)
            return Refusals.SessionNotFound;
        if (decision is Decision.Refuse { Refusal: var refusal })
            return refusal;
        if (SessionRules.CheckHosting(session, decision) is { } withoutHosting)
            return withoutHosting;
        var last = Record(((Decision.Record)decision).Entries, position);
        try
        {
            await writer.WhenDurable(last, CancellationToken.None);
            return last;
        }
        catch (Exception) when (writer.HasFailed)
        {
            // Fenced, unknown, or refused by the storage: the failed write is logged, and this activation ends.
            return new Refusal(ProblemCodes.Unavailable, "The session's storage failed, or the session moved to another server, while this was recorded. Look at the session to see whether it was, and try again if not.");
        }
    }

    /// <summary>
    /// What was done before under this name, or why not; null: the request is to be decided. Only what is durable counts: rule methods run one
    /// at a time, so a repeat that arrives meanwhile waits for the first.
    /// </summary>
    private Outcome<NamedRequest>? Repeated(CallerId caller, Outcome<RequestName>? name) => MayRead(caller) ? NamedRequest.FindRepeat(durable, name) : null;

    private static Outcome<Done> AsDone(Outcome<NamedRequest> repeated) => repeated.Refusal is { } refusal ? refusal : new Done();

    /// <summary>Numbers, folds and queues entries in one step; answers the sequence of the last one.</summary>
    private long Record(NewEntry[] entries, RunPosition accepted)
    {
        position = accepted;
        foreach (var entry in entries)
            Add(entry.Kind, entry.Body.Encode());
        if (entries.Length > 0)
            Announce(now: true);
        if (LifecycleRules.QuitHasNoEffectAt(session) is not null)
            CheckAgain();
        return tail.Last;
    }

    private void Add(SessionLogEntryKind kind, ReadOnlyMemory<byte> body)
    {
        var entry = new SessionLogEntry(tail.Last + 1, Now.ToUnixTimeMilliseconds(), kind, body);
        session = SessionFold.Apply(session, entry);
        lastActivityAt = entry.At;
        if (kind is SessionLogEntryKind.RunStarted)
            agent.Expect();
        tail.Add(entry, position);
        acceptedBytes += entry.CostBytes;
        bytesLeftOut = 0;
    }

    /// <summary>
    /// Counts output that the transcript has no room for: in the gap that is the newest entry while that is not on its way to the log,
    /// so that a flood of such output makes one entry for each write.
    /// </summary>
    private void LeaveOut(long bytes)
    {
        var gap = Limit.LeftOut(bytesLeftOut + bytes);
        var entry = new SessionLogEntry(tail.Last, Now.ToUnixTimeMilliseconds(), gap.Kind, gap.Body.Encode());
        if (bytesLeftOut == 0 || !tail.TryReplaceLast(entry, position))
        {
            gap = Limit.LeftOut(bytes);
            Add(gap.Kind, gap.Body.Encode());
        }
        bytesLeftOut = gap.Body.Bytes!.Value;
    }

    private TranscriptLimit Limit => new(options.CurrentValue.TranscriptLimitBytes);

    private void Announce(bool now)
    {
        writer!.Added(now);
        readers.All();
    }

    private void DurableMoved(SessionLogEntry[] entries)
    {
        var (isMilestone, isMoreThanOutput) = (false, false);
        foreach (var entry in entries)
        {
            isMoreThanOutput |= entry.Kind is not SessionLogEntryKind.Output;
            durable = SessionFold.Apply(durable, entry);
            bytesSinceSnapshot += entry.CostBytes;
            isMilestone |= entry.Kind is SessionLogEntryKind.SessionCreated or SessionLogEntryKind.TranscriptDamaged || EndsWork(entry.Kind);
            compactionIsDue |= EndsWork(entry.Kind);
        }
        foreach (var id in secrets.Keys.Where(id => !session.Commands.Any(command => command.Id == id)).ToArray())
            secrets.Remove(id);
        readers.All();
        lane.All();
        CompactWhenDue();
        NoticeListing(isMoreThanOutput);
        if ((isMilestone || bytesSinceSnapshot >= SnapshotEveryBytes) && !isSnapshotting)
            _ = WriteSnapshotAsync();
    }

    /// <summary>Beside everything else: nobody waits for a snapshot, and only one is written at a time.</summary>
    private Task WriteSnapshotAsync() => durable.IsDeleted ? Task.CompletedTask : snapshotting = TakeSnapshotAsync();

    private async Task TakeSnapshotAsync()
    {
        isSnapshotting = true;
        bytesSinceSnapshot = 0;
        try
        {
            snapshot.State.Take(durable, tail.DurableThrough, lastActivityAt);
            snapshot.State.ListedLine = ListedByAll;
            await snapshot.WriteStateAsync();
        }
        catch (Exception exception)
        {
            LogSnapshotFailed(exception, Id);
            return;
        }
        finally
        {
            isSnapshotting = false;
        }
        KeepListed();
    }

    private void WriteFailed(Exception exception)
    {
        LogWriteFailed(exception, Id);
        closing.TrySetResult();
        DeactivateOnIdle();
    }

    private static Outcome<Done> AsDone(Outcome<long> outcome) => outcome.Refusal is { } refusal ? refusal : new Done();
}
