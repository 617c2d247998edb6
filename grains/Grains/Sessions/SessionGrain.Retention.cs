using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// What becomes of the session with time. Invariant: a reminder is there from before the session's first entry until nothing of it is left, so
/// nobody has to ask for a session that is due. <see cref="RetentionRules"/> says what is; each of it is one entry, and what follows from that
/// is repeated until it is done.
/// <para>
/// Deletion: the entry decides, and from then on nobody sees the session. Then the snapshot is written, which says who has to be told when the
/// log is gone; then the log becomes a tombstone, which no late write revives; then invitations, lists and the snapshot go, and the reminders
/// last. Whoever finds the session between any two of these goes on: by the entry, by the snapshot, by the reminder.
/// </para>
/// </summary>
internal sealed partial class SessionGrain
{
    private const string LifeReminder = "life";

    /// <summary>Orleans' shortest: how soon a deletion that a crash interrupted goes on when nobody asks for the session.</summary>
    private static readonly TimeSpan DeletionPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Invitations that are removed at once.</summary>
    private const int RemovedAtOnce = 16;

    private Task deleting = Task.CompletedTask;

    public async Task<Outcome<Done>> Delete(CallerId caller)
    {
        if (RetentionRules.Delete(session, caller, Now) is Decision.Record)
            await SetLifeReminder(DeletionPeriod, DeletionPeriod);
        var outcome = await Commit(RetentionRules.Delete(session, caller, Now));
        if (outcome.Refusal is null)
            await Task.WhenAny(GoOnDeleting(), Task.Delay(TellWait, time, CancellationToken.None));
        return AsDone(outcome);
    }

    private async Task Tidy()
    {
        if (writer is null && !durable.IsDeleted)
        {
            // Hosting it failed, or a crash came between its last two steps.
            await RemoveReminders();
            return;
        }
        if (WhatIsDue() is { Length: > 0 } due)
        {
            if (due.Any(entry => entry.Kind is Abstractions.SessionLog.SessionLogEntryKind.DeletionAsked))
                await SetLifeReminder(DeletionPeriod, DeletionPeriod);
            else
                await SetTellReminder();
            // Decided anew: somebody may have used it meanwhile.
            if ((await Commit(new Decision.Record(WhatIsDue()))).Refusal is null)
                _ = Tell();
        }
        if (durable.IsDeleted)
            _ = GoOnDeleting();
        else
            await SetLifeReminder(UntilTidying(), options.CurrentValue.TidyEvery);
    }

    private NewEntry[] WhatIsDue() => RetentionRules.WhatIsDue(session, options.CurrentValue, agent.HandedThrough, Now);

    /// <summary>
    /// A session that is not terminated may become so at any moment, so it looks regularly; a terminated one knows when. Never at once: what is
    /// due and was not done has a reason.
    /// </summary>
    private TimeSpan UntilTidying()
    {
        var every = options.CurrentValue.TidyEvery;
        var left = RetentionRules.NextAt(session, options.CurrentValue) - Now ?? every;
        var most = session.State is SessionState.Terminated ? SessionOptions.LongestTidying : every;
        var least = every < SessionOptions.ShortestTidying ? every : SessionOptions.ShortestTidying;
        return left > most ? most : left < least ? least : left;
    }

    /// <summary>For sessions from before there was one, and should it ever be missing.</summary>
    private async Task KeepLifeReminder()
    {
        try
        {
            if (await this.GetReminder(LifeReminder) is null && !durable.IsDeleted)
                await SetLifeReminder(UntilTidying(), options.CurrentValue.TidyEvery);
        }
        catch (Exception exception)
        {
            LogNoReminder(exception, Id);
        }
    }

    private async Task SetLifeReminder(TimeSpan due, TimeSpan period) => await this.RegisterOrUpdateReminder(LifeReminder, due, period);

    private async Task RemoveReminders()
    {
        foreach (var reminder in (await this.GetReminders()).OrderBy(reminder => reminder.ReminderName == LifeReminder))
            await this.UnregisterReminder(reminder);
        DeactivateOnIdle();
    }

    private Task GoOnDeleting() => deleting.IsCompleted ? deleting = DeleteAsync() : deleting;

    private async Task DeleteAsync()
    {
        try
        {
            closing.TrySetResult();
            if (writer is not null)
                await KeepForDeletion();
            await log.Delete(Id, CancellationToken.None);
            foreach (var some in durable.EverInvited.Union(durable.Clients.Select(client => client.Id)).Select(UserId.FromKey).Chunk(RemovedAtOnce))
                await Task.WhenAll(some.Select(person => GrainFactory.Invitation(Id, person).Delete(Id, person)));
            await GrainFactory.User(UserId.FromKey(durable.Host!.Id)).RemoveSession(Id);
            await snapshot.ClearStateAsync();
            await RemoveReminders();
            LogDeleted(Id);
        }
        catch (Exception exception)
        {
            // The reminder comes every minute until it is done.
            LogDeletionFailed(exception, Id);
        }
    }

    /// <summary>The last write before the log goes: nothing else is under way then, and the snapshot says what is left to do.</summary>
    private async Task KeepForDeletion()
    {
        await EndCompaction();
        await snapshotting;
        // A write whose answer got lost, by this activation or another.
        await snapshot.ReadStateAsync();
        snapshot.State.Take(durable, tail.DurableThrough, lastActivityAt);
        await snapshot.WriteStateAsync();
    }
}
