using Orleans.Runtime;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// Who is invited, and how those whom it concerns are told. The entry decides; telling (the person's list, mail) follows from it and is
/// repeated until it is done: by this activation, by the next one, and, when nobody asks for the session, by a reminder, which is
/// registered before the entry is recorded. A crash between any two steps therefore only delays it.
/// </summary>
internal sealed partial class SessionGrain : IRemindable
{
    private const string TellReminder = "tell";

    /// <summary>Orleans' shortest; only while something is untold, so it costs nothing else.</summary>
    private static readonly TimeSpan TellReminderPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Pauses double from <see cref="RetryCheck"/> to this.</summary>
    private static readonly TimeSpan LongestTellPause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long whoever changes the people waits for them to be told. A person's grain may be waiting for this session at the same time:
    /// the wait must end long before the calls do.
    /// </summary>
    private static readonly TimeSpan TellWait = TimeSpan.FromSeconds(2);

    /// <summary>Notices told at once: all of one request. More are there only after a lost snapshot.</summary>
    private const int ToldAtOnce = 20;

    private readonly List<(SessionNotice Notice, Task Task)> telling = [];
    private TimeSpan tellPause;
    private DateTimeOffset tellAt;
    private bool isTellReminderSet;
    private bool isSnapshotBehindTelling;

    public Task<Outcome<Done>> Invite(CallerId caller, Person[] people, string? key)
    {
        var name = RequestName.Of(caller, key, nameof(Invite), string.Join('\n', people.Select(person => person.Id.ToString()).Order(StringComparer.Ordinal)));
        if (Repeated(caller, name) is { } repeated)
            return Task.FromResult(AsDone(repeated));
        var request = Guid.NewGuid().ToString("N");
        return ChangePeople(() => SessionRules.Invite(session, caller, people, request, Now).Under(name));
    }

    public Task<Outcome<Done>> Revoke(CallerId caller, string client) => ChangePeople(() => SessionRules.Revoke(session, caller, client, Now));

    public Task<Outcome<Done>> Leave(CallerId caller) => ChangePeople(() => SessionRules.Leave(session, caller, Now));

    public Task ReceiveReminder(string reminderName, TickStatus status) => reminderName switch
    {
        TellReminder => TellReminded(),
        LifeReminder => Tidy(),
        _ => Task.CompletedTask,
    };

    private async Task TellReminded()
    {
        if (durable.Notices.Length > 0 || toTell.Count > 0)
        {
            isTellReminderSet = true;
            await Task.WhenAll(Tell(), TellLists());
            return;
        }
        isTellReminderSet = false;
        if (await this.GetReminder(TellReminder) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    private async Task<Outcome<Done>> ChangePeople(Func<Decision> decide)
    {
        if (writer is null)
            return Refusals.SessionNotFound;
        if (decide() is Decision.Record { Entries.Length: > 0 })
            await SetTellReminder();
        // Decided anew: the debugger may have ended the session meanwhile.
        var outcome = await Commit(decide());
        if (outcome.Refusal is null)
            await Task.WhenAny(Task.WhenAll(Tell(), TellLists()), Task.Delay(TellWait, time, CancellationToken.None));
        return AsDone(outcome);
    }

    private async Task SetTellReminder()
    {
        if (isTellReminderSet)
            return;
        await this.RegisterOrUpdateReminder(TellReminder, TellReminderPeriod, TellReminderPeriod);
        isTellReminderSet = true;
    }

    /// <summary>Null: nothing is untold.</summary>
    private TimeSpan? UntilTelling => durable.Notices.Length == 0 && !isSnapshotBehindTelling
        ? null
        : tellAt - Now is { } left && left > RetryCheck ? left : RetryCheck;

    private Task TellWhenDue() => UntilTelling is not null && Now >= tellAt ? Tell() : Task.CompletedTask;

    /// <summary>Tells what is untold; completes when each of it was tried once.</summary>
    private Task Tell()
    {
        foreach (var notice in durable.IsDeleted ? [] : durable.Notices)
        {
            if (telling.Count < ToldAtOnce && !telling.Exists(item => item.Notice.IsSameAs(notice)))
                telling.Add((notice, TellAsync(notice)));
        }
        telling.RemoveAll(item => item.Task.IsCompleted);
        KeepTold();
        return Task.WhenAll(telling.Select(item => item.Task));
    }

    private async Task TellAsync(SessionNotice notice)
    {
        try
        {
            if (notice.IsForHost)
                await GrainFactory.MailOutbox(UserId.FromKey(durable.Host!.Id)).Enqueue(notice.Kind is SessionNoticeKind.HostInvited ? SessionMail.ToHost(durable, Id, notice) : SessionMail.Closing(durable, Id, notice));
            else
                await GrainFactory.Invitation(Id, UserId.FromKey(notice.Person.Id)).Deliver(OrderOf(notice));
        }
        catch (Exception exception)
        {
            LogTellingFailed(exception, Id, notice.Sequence);
            telling.RemoveAll(item => item.Notice.IsSameAs(notice));
            tellPause = tellPause == TimeSpan.Zero ? RetryCheck : tellPause * 2 < LongestTellPause ? tellPause * 2 : LongestTellPause;
            tellAt = Now + tellPause;
            CheckAgain();
            return;
        }
        durable = durable with { Notices = [.. durable.Notices.Where(other => !other.IsSameAs(notice))] };
        session = session with { Notices = [.. session.Notices.Where(other => !other.IsSameAs(notice))] };
        telling.RemoveAll(item => item.Notice.IsSameAs(notice));
        (tellPause, isSnapshotBehindTelling) = (TimeSpan.Zero, true);
        KeepTold();
        if (durable.Notices.Length > telling.Count)
            _ = Tell();
    }

    /// <summary>Once all are told, a snapshot without the notices: later activations have nothing to repeat.</summary>
    private void KeepTold()
    {
        if (!isSnapshotBehindTelling || durable.Notices.Length > 0 || durable.IsDeleted)
            return;
        if (isSnapshotting)
        {
            CheckAgain();
            return;
        }
        isSnapshotBehindTelling = false;
        _ = WriteSnapshotAsync();
    }

    private InvitationOrder OrderOf(SessionNotice notice) => new(Id, SessionViews.Load(notice.Person), SessionViews.Load(durable.Host!), notice.At)
    {
        Sequence = notice.Sequence,
        IsInvited = notice.Kind is SessionNoticeKind.Invited,
        IsExpired = notice.Kind is SessionNoticeKind.Expired,
        Mail = notice is { Kind: SessionNoticeKind.Invited, Request: not null } ? SessionMail.ToClient(durable, Id, notice) : null,
    };
}
