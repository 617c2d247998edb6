using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>What becomes of sessions that nobody asks for: everything here is done by their reminders (rules F7, F8).</summary>
public sealed class SessionGrainRetentionTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminated_WhenSevenDaysAreOver_IsGoneForItsClientsAtThatMoment_AndLeavesTheirListsByItself()
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.TerminateAsync();
        var terminatedAt = (await stage.Session.View(stage.Ann.Id)).Value!.TerminatedAt!.Value;

        stage.Pass(terminatedAt + 7 * Day - stage.Now - TimeSpan.FromMinutes(1));
        Assert.Null((await stage.Session.View(stage.Bob.Id)).Refusal);
        stage.Pass(TimeSpan.FromMinutes(1));

        // Before anything was tidied.
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.View(stage.Bob.Id)).Refusal?.Code);
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.Join(new ReaderJoin(new Reader(stage.Bob.Id, null), null, Moves: false))).Refusal?.Code);
        Assert.True(await stage.Lists(stage.Bob));
        await stage.UntilReminded(async () => !await stage.Lists(stage.Bob));

        Assert.Equal(InvitationStatus.Expired, (await stage.Cluster.Grains.Invitation(stage.Id, stage.Bob.Id).Describe())!.Status);
        Assert.True(await stage.Lists(stage.Ann));
        Assert.Empty((await stage.Session.View(stage.Ann.Id)).Value!.Clients);
        Assert.Equal(2, stage.Cluster.Mail.Taken.Count);
    }

    [Fact]
    public async Task Feed_WhenTheSevenDaysEndWhileAClientIsOpen_TakesTheLineAwayAtThatMoment()
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.TerminateAsync();
        var terminatedAt = (await stage.Session.View(stage.Ann.Id)).Value!.TerminatedAt!.Value;
        var (user, identity) = (stage.Cluster.Grains.User(stage.Bob.Id), FeedReader.IdentityOf(stage.Bob.Email));
        UserFeedPage before = null!;
        await AgingStage.Until(async () =>
        {
            before = (await user.ReadFeed(new FeedCursor(identity, default, TimeSpan.Zero))).Value!;
            return before.Sessions.SingleOrDefault() is { State: SessionState.Terminated, Debugger: DebuggerState.Exited };
        });
        stage.Pass(terminatedAt + 7 * Day - stage.Now - TimeSpan.FromSeconds(1));

        var began = TimeProvider.System.GetTimestamp();
        var page = (await user.ReadFeed(new FeedCursor(identity, before.Next, Limits.FeedWait))).Value!;

        Assert.Equal((false, stage.Id.ToString()), (page.IsBeginning, Assert.Single(page.Removed)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Empty((await user.ReadList(null, 10)).Sessions);
    }

    [Fact]
    public async Task Feed_WhenAForgottenSessionIsTerminated_SaysSo()
    {
        await using var stage = await AgingStage.OpenAsync();
        await using var bobs = FeedReader.Open(stage.Cluster, stage.Bob);
        Assert.Null((await stage.Session.Close(stage.Ann.Id)).Refusal);
        await bobs.Until(reader => reader.Lines.Values.SingleOrDefault()?.State is SessionState.Closed);

        stage.Pass(30 * Day);
        await stage.UntilReminded(() => stage.Has(SessionLogEntryKind.TerminationAnnounced));
        stage.Pass(30 * Day);
        await stage.UntilReminded(() => stage.Has(SessionLogEntryKind.SessionTerminated));

        await bobs.Until(reader => reader.Lines.Values.SingleOrDefault()?.State is SessionState.Terminated);
    }

    [Fact]
    public async Task Read_WhenTheSevenDaysEndWhileAClientWatches_EndsWithThem()
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.TerminateAsync();
        var view = (await stage.Session.View(stage.Ann.Id)).Value!;
        stage.Pass(view.TerminatedAt!.Value + 7 * Day - stage.Now - TimeSpan.FromSeconds(1));

        var began = TimeProvider.System.GetTimestamp();
        var page = (await stage.Session.Read(new ReadCursor(view.DurableThrough, 1, view.DurableThrough, 1024, TimeSpan.FromSeconds(4), [new Reader(stage.Bob.Id, null), new Reader(stage.Ann.Id, null)]))).Value!;

        Assert.Equal((stage.Bob.Id, ProblemCodes.SessionNotFound), (Assert.Single(page.Denied!).Reader.User, page.Denied![0].Refusal.Code));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Closed_WhenNobodyUsesIt_IsAnnouncedToTheHost_AndTerminatedWithTheTargetAsItIs()
    {
        await using var stage = await AgingStage.OpenAsync();
        Assert.Null((await stage.Session.Close(stage.Ann.Id)).Refusal);
        var closedAt = stage.Now;

        stage.Pass(29 * Day);
        await stage.RemindAsync();
        Assert.False(await stage.Has(SessionLogEntryKind.TerminationAnnounced));
        stage.Pass(Day);
        await stage.UntilReminded(() => Task.FromResult(stage.Cluster.Mail.Taken.Count == 3));
        stage.Pass(30 * Day);
        await stage.UntilReminded(() => stage.Has(SessionLogEntryKind.SessionTerminated));

        var mail = stage.Cluster.Mail.Taken[^1];
        Assert.Equal((MailKind.SessionClosing, stage.Ann.Email, "crash"), (mail.Kind, mail.ToEmail, mail.Values[MailValues.SessionName]));
        var announced = DateTimeOffset.ParseExact(mail.Values[MailValues.At], "yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(announced - closedAt, 59.9 * Day, 60.1 * Day);
        var termination = SessionLogEntryBody.Decode((await stage.EntriesAsync()).Single(entry => entry.Kind is SessionLogEntryKind.SessionTerminated).Body);
        Assert.Equal(("closed for 60 days and not re-opened", null, null), (termination.Text, termination.Author, termination.Target));
        // The debugger is left, and its target as it is: nothing says otherwise.
        await stage.Agent.AttachAsync(stage.Session);
        var instruction = Assert.Single((await stage.Agent.LaneAsync(stage.Session)).Instructions, item => item.Kind is AgentInstructionKind.EndDebugger);
        Assert.Null(instruction.Target);
        Assert.Equal(SessionState.Terminated, (await stage.Session.View(stage.Bob.Id)).Value!.State);
    }

    [Fact]
    public async Task Closed_WhenItIsUsedAfterTheAnnouncement_HasItsWholeTimeAgain()
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.Session.Close(stage.Ann.Id);
        stage.Pass(30 * Day);
        await stage.UntilReminded(() => stage.Has(SessionLogEntryKind.TerminationAnnounced));
        stage.Pass(29 * Day);

        Assert.Null((await stage.Session.AddNote(stage.Bob.Id, "still needed")).Refusal);
        stage.Pass(29 * Day);
        await stage.RemindAsync();

        Assert.Equal(SessionState.Closed, (await stage.Session.View(stage.Ann.Id)).Value!.State);
        Assert.Single(await stage.EntriesAsync(), entry => entry.Kind is SessionLogEntryKind.TerminationAnnounced);
        stage.Pass(Day);
        await stage.UntilReminded(async () => (await stage.EntriesAsync()).Count(entry => entry.Kind is SessionLogEntryKind.TerminationAnnounced) == 2);
        await stage.UntilReminded(() => Task.FromResult(stage.Cluster.Mail.Taken.Count == 4));
    }

    [Fact]
    public async Task Terminated_WhenItsTimeIsOver_IsDeletedWithEverythingThatBelongsToIt()
    {
        await using var stage = await AgingStage.OpenAsync();
        var eve = await stage.Cluster.SignIn("client1@fabrikam.example", "Eve Former");
        await stage.Session.Invite(stage.Ann.Id, [eve]);
        await stage.Session.Revoke(stage.Ann.Id, eve.Email);
        await stage.TerminateAsync();

        stage.Pass(90 * Day);
        await stage.UntilReminded(() => IsGone(stage));

        Assert.False(await stage.Lists(stage.Bob));
        Assert.Null(await stage.Cluster.Grains.Invitation(stage.Id, eve.Id).Describe());
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.View(stage.Ann.Id)).Refusal?.Code);
        Assert.Empty(await stage.EntriesAsync());
    }

    [Fact]
    public async Task Delete_WhenAsked_IsForTheHostOfATerminatedSessionWhoseDebuggerHasLeft_AndHoldsForEver()
    {
        await using var stage = await AgingStage.OpenAsync();
        Assert.Equal(ProblemCodes.WrongState, (await stage.Session.Delete(stage.Ann.Id)).Refusal?.Code);
        Assert.Null((await stage.Session.Terminate(stage.Ann.Id, TargetFate.LeaveStopped)).Refusal);
        Assert.Equal(ProblemCodes.WrongState, (await stage.Session.Delete(stage.Ann.Id)).Refusal?.Code);
        await stage.LeaveAsync();
        Assert.Equal(ProblemCodes.HostOnly, (await stage.Session.Delete(stage.Bob.Id)).Refusal?.Code);
        var last = (await stage.Session.View(stage.Ann.Id)).Value!.DurableThrough;
        var reading = stage.Session.Read(new ReadCursor(last, 1, last, 1024, TimeSpan.FromSeconds(4), [new Reader(stage.Bob.Id, null)]));

        Assert.Null((await stage.Session.Delete(stage.Ann.Id)).Refusal);

        var read = await reading;
        Assert.Equal(ProblemCodes.SessionNotFound, (read.Refusal ?? read.Value!.Denied!.Single().Refusal).Code);
        await AgingStage.Until(() => IsGone(stage));
        Assert.False(await stage.Lists(stage.Bob));
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.Delete(stage.Ann.Id)).Refusal?.Code);
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Agent.TryAttachAsync(stage.Session)).Refusal?.Code);
        // Nothing is started, and nothing comes back: not by the id, nor by an order that was on its way.
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.Host(stage.Ann.Id, new HostSession("lab", "/usr/bin/gdb", "", "again", ""))).Refusal?.Code);
        await stage.Cluster.Grains.Invitation(stage.Id, stage.Bob.Id).Deliver(new InvitationOrder(stage.Id, stage.Bob, stage.Ann, TestSessions.Now) { Sequence = 3 });
        Assert.True(await IsGone(stage));
        Assert.False(await stage.Lists(stage.Bob));
    }

    [Fact]
    public async Task Reminder_WhenThereIsNoSession_GoesWithItsFirstTick()
    {
        await using var stage = await AgingStage.OpenAsync();
        var id = SessionId.New();
        var hosting = stage.Cluster.Grains.Session(id).Host(stage.Ann.Id, new HostSession("lab", "/usr/bin/gdb", "", "crash", ""));
        await stage.Agent.AnswerOneAsync(problem: "gdb is not there");
        Assert.NotNull((await hosting).Refusal);

        await AgingStage.RemindAsync(stage.Cluster, id);

        Assert.Empty(stage.Cluster.Reminders.Of(id));
        Assert.Contains("life", stage.Cluster.Reminders.Of(stage.Id));
    }

    [Fact]
    public async Task Reminder_WhenTheSessionIsTerminated_ComesAgainWhenSomethingIsDue()
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.RemindAsync();
        Assert.InRange(UntilReminder(stage), 0.9 * Day, Day);
        await stage.TerminateAsync();

        await stage.RemindAsync();
        Assert.InRange(UntilReminder(stage), 6.9 * Day, 7 * Day);
        stage.Pass(7 * Day);
        await stage.RemindAsync();
        Assert.InRange(UntilReminder(stage), 29.9 * Day, 30 * Day);
        stage.Pass(82.5 * Day);
        await stage.RemindAsync();
        Assert.InRange(UntilReminder(stage), 0.4 * Day, 0.5 * Day);
    }

    [Fact]
    public async Task Activate_WhenAClosedSessionHasNoReminder_SetsItAnew()
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.Session.Close(stage.Ann.Id);
        await stage.Cluster.CollectAsync();
        stage.Cluster.Reminders.Lose(stage.Id);

        await stage.Session.View(stage.Ann.Id);

        await AgingStage.Until(() => Task.FromResult(stage.Cluster.Reminders.Of(stage.Id) is ["life"]));
    }

    private static TimeSpan UntilReminder(AgingStage stage) => stage.Cluster.Reminders.TimesOf(stage.Id, "life").At - stage.Now.UtcDateTime;

    /// <summary>Nothing of the session is stored any more, but the tombstone of its log.</summary>
    internal static async Task<bool> IsGone(AgingStage stage) =>
        await stage.Cluster.Log.WasDeleted(stage.Id, Cancellation)
        && stage.Cluster.Stored.Of(stage.Id.ToString()).Length == 0
        && stage.Cluster.Reminders.Of(stage.Id).Length == 0
        && !await stage.Lists(stage.Ann);
}
