using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using OrleansKd.Grains.Tests.Sessions;

namespace OrleansKd.Grains.Tests.Mail;

public sealed class MailOutboxGrainTests
{
    private static readonly UserId Bob = UserId.FromEmail("bob@fabrikam.example");

    [Fact]
    public async Task Enqueue_WhenTheServerHangs_AnswersAtOnceAndLosesNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var held = new TaskCompletionSource<MailResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Mail.Answer = _ => held.Task;
        var outbox = cluster.Grains.MailOutbox(Bob);

        for (var i = 0; i < 5; i++)
            await outbox.Enqueue(Order($"m{i}"));
        Assert.Equal(MailStatus.Waiting, await outbox.StatusOf("m4"));
        held.SetResult(MailResult.Sent);

        await SessionGrainInvitationTests.Until(async () => await outbox.StatusOf("m4") is MailStatus.Sent);
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], cluster.Mail.Taken.Select(mail => mail.Id));
    }

    [Fact]
    public async Task Enqueue_WhenItIsFull_ThrowsAndTakesAgainWhenThereIsRoom()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var held = new TaskCompletionSource<MailResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Mail.Answer = _ => held.Task;
        var outbox = cluster.Grains.MailOutbox(Bob);
        for (var i = 0; i < MailLimits.Waiting; i++)
            await outbox.Enqueue(Order($"m{i}"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => outbox.Enqueue(Order("more")));
        held.SetResult(MailResult.Sent);
        await SessionGrainInvitationTests.Until(() => cluster.Mail.Taken.Count == MailLimits.Waiting);
        await outbox.Enqueue(Order("more"));

        await SessionGrainInvitationTests.Until(async () => await outbox.StatusOf("more") is MailStatus.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enqueue_WhenTheStorageFails_SaysSoAndTheRepetitionIsOneMail(bool isDone)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var outbox = cluster.Grains.MailOutbox(Bob);
        Task Fail(string name, GrainId grain) => name == "mailOutbox" ? throw new InvalidOperationException("the storage is gone") : Task.CompletedTask;
        if (isDone)
            cluster.Stored.AfterWrite = Fail;
        else
            cluster.Stored.BeforeWrite = Fail;

        await Assert.ThrowsAnyAsync<Exception>(() => outbox.Enqueue(Order("m")));
        cluster.Stored.AfterWrite = cluster.Stored.BeforeWrite = null;
        await outbox.Enqueue(Order("m"));

        await SessionGrainInvitationTests.Until(async () => await outbox.StatusOf("m") is MailStatus.Sent);
        Assert.Single(cluster.Mail.Taken);
    }

    /// <summary>What was taken and could not be noted: repeated once, and then noted.</summary>
    [Fact]
    public async Task Send_WhenTheStorageFailsAfterTheServerTookIt_RepeatsItOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var outbox = cluster.Grains.MailOutbox(Bob);
        cluster.Mail.Answer = _ =>
        {
            cluster.Stored.BeforeWrite = (name, _) =>
            {
                cluster.Stored.BeforeWrite = null;
                return name == "mailOutbox" ? throw new InvalidOperationException("the storage is gone") : Task.CompletedTask;
            };
            cluster.Mail.Answer = _ => Task.FromResult(MailResult.Sent);
            return Task.FromResult(MailResult.Sent);
        };

        await outbox.Enqueue(Order("m"));

        await SessionGrainInvitationTests.Until(async () => await outbox.StatusOf("m") is MailStatus.Sent);
        Assert.Equal(["m", "m"], cluster.Mail.Taken.Select(mail => mail.Id));
    }

    [Fact]
    public async Task Enqueue_WhenMailIsOff_KeepsNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        cluster.Mail.IsOff = true;

        await cluster.Grains.MailOutbox(Bob).Enqueue(Order("m"));

        Assert.Equal(MailStatus.None, await cluster.Grains.MailOutbox(Bob).StatusOf("m"));
        Assert.Equal(0, cluster.Stored.Writes);
    }

    private static MailOrder Order(string id) => new(id, MailKind.InvitationToClient, "bob@fabrikam.example", "Bob", []);
}
