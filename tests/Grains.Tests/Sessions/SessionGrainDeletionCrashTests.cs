using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using static OrleansKd.Grains.Tests.Sessions.SessionGrainRetentionTests;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>
/// A crash before or after any step of a deletion, the host's or retention's: every activation ends with it, and what is left to do is done
/// without anybody asking for the session.
/// </summary>
public sealed class SessionGrainDeletionCrashTests
{
    /// <summary>In the order in which they come.</summary>
    private static readonly string[] Steps = ["entry", "snapshot", "log", "client's list", "invitation", "host's list", "snapshot cleared", "reminder"];

    public static TheoryData<string, bool, bool> Crashes =>
        [.. from step in Steps from isDone in new[] { false, true } from isAsked in new[] { false, true } select new TheoryDataRow<string, bool, bool>(step, isDone, isAsked)];

    /// <param name="isDone">The step was done, and whoever did it did not hear so.</param>
    /// <param name="isAsked">By the host; else the session's time is over.</param>
    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Delete_WhenAStepFails_IsDoneToTheEndWithoutAnybodyAsking(string step, bool isDone, bool isAsked)
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.TerminateAsync();
        await stage.Session.View(stage.Ann.Id);
        var failures = 0;
        var isStopped = true;
        Fail(stage, isDone, what =>
        {
            if (what != step || !Volatile.Read(ref isStopped))
                return Task.CompletedTask;
            Interlocked.Increment(ref failures);
            throw new IOException($"{step} fails as the test says.");
        });

        if (isAsked)
            await stage.Session.Delete(stage.Ann.Id);
        else
            stage.Pass(TimeSpan.FromDays(90));
        await stage.UntilReminded(() => Task.FromResult(Volatile.Read(ref failures) > 0));
        await stage.Cluster.CollectAsync();
        // A recorded deletion holds whatever is left to do.
        var isRecorded = step is not "entry" || isDone;
        Assert.Equal(isRecorded, (await stage.Session.View(stage.Ann.Id)).Refusal is not null);
        await stage.Cluster.CollectAsync();
        Volatile.Write(ref isStopped, false);
        if (!isRecorded && isAsked)
            Assert.Null((await stage.Session.Delete(stage.Ann.Id)).Refusal);

        await stage.UntilReminded(() => IsGone(stage));
        Assert.False(await stage.Lists(stage.Bob));
        foreach (var person in new[] { stage.Ann, stage.Bob })
        {
            Assert.Empty((await stage.Cluster.Grains.User(person.Id).ReadList(null, 10)).Sessions);
            var feed = (await stage.Cluster.Grains.User(person.Id).ReadFeed(new FeedCursor(FeedReader.IdentityOf(person.Email), default, TimeSpan.Zero))).Value!;
            Assert.Empty(feed.Sessions);
        }
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.View(stage.Ann.Id)).Refusal?.Code);
        Assert.Equal(ProblemCodes.SessionNotFound, (await stage.Session.Delete(stage.Ann.Id)).Refusal?.Code);
        Assert.Null(await stage.Cluster.Grains.Invitation(stage.Id, stage.Bob.Id).Describe());
        Assert.Equal(2, stage.Cluster.Mail.Taken.Count);
        Assert.True(await IsGone(stage));
    }

    private static void Fail(AgingStage stage, bool isDone, Func<string, Task> step)
    {
        var (cluster, bob) = (stage.Cluster, stage.Bob.Id.ToString());
        Task Append(SessionId _, IReadOnlyList<SessionLogEntry> entries) => entries.Any(entry => entry.Kind is SessionLogEntryKind.DeletionAsked) ? step("entry") : Task.CompletedTask;
        Task Write(string name, GrainId grain) => name switch
        {
            "snapshot" => step("snapshot"),
            "user" => step(grain.Key.ToString() == bob ? "client's list" : "host's list"),
            _ => Task.CompletedTask,
        };
        Task Clear(string name, GrainId _) => step(name is "snapshot" ? "snapshot cleared" : name);
        Task Remove(GrainId _, string name) => name is "life" ? step("reminder") : Task.CompletedTask;
        if (isDone)
        {
            (cluster.Log.AfterAppend, cluster.Log.AfterDelete, cluster.Stored.AfterWrite, cluster.Stored.AfterClear, cluster.Reminders.AfterRemove) =
                (Append, _ => step("log"), Write, Clear, Remove);
        }
        else
        {
            (cluster.Log.BeforeAppend, cluster.Log.BeforeDelete, cluster.Stored.BeforeWrite, cluster.Stored.BeforeClear, cluster.Reminders.BeforeRemove) =
                (Append, _ => step("log"), Write, Clear, Remove);
        }
    }
}
