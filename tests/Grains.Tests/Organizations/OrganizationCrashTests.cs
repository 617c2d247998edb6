using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Tests.Cluster;
using static OrleansKd.Grains.Tests.Organizations.OrganizationStage;

namespace OrleansKd.Grains.Tests.Organizations;

/// <summary>A crash between any two steps from a decision to its last consequence heals, and nothing is done twice.</summary>
public sealed class OrganizationCrashTests
{
    public static TheoryData<string, bool> Steps => new()
    {
        { "organization", false },
        { "organization", true },
        { "user", false },
        { "user", true },
        { "permissionLog", false },
        { "permissionLog", true },
        { "mailOutbox", false },
        { "mailOutbox", true },
        { "sessionLog", false },
        { "sessionLog", true },
    };

    /// <param name="step">What is being stored when it happens.</param>
    /// <param name="isStored">It was stored, and whoever did it did not hear so.</param>
    [Theory]
    [MemberData(nameof(Steps))]
    public async Task TakeAway_WhenAStepFails_IsCarriedOutToTheEnd(string step, bool isStored)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var admin = await cluster.AdministratorOf(Contoso);
        var failures = 0;
        Task Fail(string what) => what == step && Interlocked.Increment(ref failures) == 1 ? throw new IOException($"{step} fails as the test says.") : Task.CompletedTask;
        if (isStored)
            (cluster.Stored.AfterWrite, cluster.Log.AfterAppend) = ((name, _) => Fail(name), (_, _) => Fail("sessionLog"));
        else
            (cluster.Stored.BeforeWrite, cluster.Log.BeforeAppend) = ((name, _) => Fail(name), (_, _) => Fail("sessionLog"));

        await UntilDone(() => cluster.ActAsync(Contoso, admin, PermissionActionKind.TakeAway, ann, Permissions.Host, "left"));

        await Until(async () => (await session.View(ann.Id)).Value is { State: SessionState.Closed });
        await Until(() => Task.FromResult(cluster.Mail.Taken.Count == 1));
        Assert.False((await cluster.AccountOf(ann)).MayHost);
        await Until(async () => (await cluster.Grains.PermissionLog(Contoso, 0).Read()).Length == 1);
        // Filing comes last.
        Assert.True(failures > 0);
        var entry = Assert.Single((await cluster.Grains.Organization(Contoso).ReadLog(admin.Id, long.MaxValue, 10)).Value!);
        Assert.Equal((PermissionActionKind.TakeAway, "left"), (entry.Kind, entry.Reason));
        var entries = await cluster.Log.Read(id, 0, int.MaxValue, TestContext.Current.CancellationToken);
        Assert.Single(entries, logged => logged.Kind is Abstractions.SessionLog.SessionLogEntryKind.HostingTakenAway);
        Assert.Single(entries, logged => logged.Kind is Abstractions.SessionLog.SessionLogEntryKind.SessionClosed);
    }

    /// <summary>Everything in memory is lost after the decision was stored and before anybody was told: the next activation tells them.</summary>
    [Fact]
    public async Task TakeAway_WhenEveryActivationEndsBeforeTheAccountHasIt_IsCarriedOutByTheNextOnes()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var admin = await cluster.AdministratorOf(Contoso);
        var isDown = true;
        cluster.Stored.BeforeWrite = (name, _) => Volatile.Read(ref isDown) && name is "user" or "mailOutbox" ? throw new IOException("Accounts can't be stored now.") : Task.CompletedTask;

        Assert.Null((await cluster.ActAsync(Contoso, admin, PermissionActionKind.TakeAway, ann, Permissions.Host)).Refusal);
        Assert.True((await cluster.AccountOf(ann)).MayHost);
        await cluster.CollectAsync();
        Volatile.Write(ref isDown, false);
        cluster.Stored.BeforeWrite = null;
        await cluster.Grains.Organization(Contoso).HasAdministrator();

        await Until(async () => (await session.View(ann.Id)).Value is { State: SessionState.Closed });
        await Until(() => Task.FromResult(cluster.Mail.Taken.Count == 1));
        Assert.Equal(MailKind.PermissionDecided, cluster.Mail.Taken[0].Kind);
    }

    /// <summary>The session's storage stalls: the account goes on telling it until it has drawn the consequences.</summary>
    [Fact]
    public async Task TakeAway_WhenTheSessionsStorageStalls_ReachesItAfterwards()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var admin = await cluster.AdministratorOf(Contoso);
        var stall = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Log.BeforeAppend = (_, _) => stall.Task;

        Assert.Null((await cluster.ActAsync(Contoso, admin, PermissionActionKind.TakeAway, ann, Permissions.Host)).Refusal);
        Assert.False((await cluster.AccountOf(ann)).MayHost);
        Assert.Equal(2, (await cluster.Log.ReadHead(id, TestContext.Current.CancellationToken))!.LastSequence);
        stall.SetResult();

        await Until(async () => (await session.View(ann.Id)).Value!.State is SessionState.Closed);
    }
}
