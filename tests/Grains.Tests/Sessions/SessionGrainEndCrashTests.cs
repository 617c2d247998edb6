using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>
/// A crash before or after any step from a termination to its last consequence, the host's or a forgotten session's: every activation ends with
/// it, and the next one goes on. The agent is told once to leave, with the fate that was chosen, and nothing is recorded or mailed twice.
/// </summary>
public sealed class SessionGrainEndCrashTests
{
    public static TheoryData<string, bool> Termination =>
        [.. from step in new[] { "entry", "end of the run", "snapshot", "compaction" } from isDone in new[] { false, true } where step is not "compaction" || !isDone select new TheoryDataRow<string, bool>(step, isDone)];

    public static TheoryData<string, bool> Announcement =>
        [.. from step in new[] { "entry", "mailOutbox", "snapshot" } from isDone in new[] { false, true } select new TheoryDataRow<string, bool>(step, isDone)];

    /// <param name="isDone">The step was done, and whoever did it did not hear so.</param>
    [Theory]
    [MemberData(nameof(Termination))]
    public async Task Terminate_WhenAStepFails_IsCarriedOutOnceToTheEnd(string step, bool isDone)
    {
        await using var stage = await AgingStage.OpenAsync();
        using var failing = Fail(stage, step, isDone, SessionLogEntryKind.SessionTerminated);

        var outcome = await stage.Session.Terminate(stage.Ann.Id, TargetFate.LeaveStopped);
        if (step is not "entry")
            await TryLeaveAsync(stage);
        await AgingStage.Until(() => Task.FromResult(failing.Count > 0));
        await stage.Cluster.CollectAsync();
        failing.Stop();

        if (step is "entry" && !isDone)
            Assert.Null((await stage.Session.Terminate(stage.Ann.Id, TargetFate.LeaveStopped)).Refusal);
        Assert.Equal(step is "entry", outcome.Refusal is not null);
        await LeaveToldAsync(stage, TargetFate.LeaveStopped);
        Assert.Single(await stage.EntriesAsync(), entry => entry.Kind is SessionLogEntryKind.SessionTerminated);
        Assert.Equal((SessionState.Terminated, DebuggerState.Exited), await StateAsync(stage));
    }

    [Theory]
    [MemberData(nameof(Termination))]
    public async Task TerminateForgotten_WhenAStepFails_IsCarriedOutOnceToTheEnd(string step, bool isDone)
    {
        await using var stage = await AgingStage.OpenAsync();
        await CloseAndAnnounceAsync(stage);
        stage.Pass(TimeSpan.FromDays(30));
        using var failing = Fail(stage, step, isDone, SessionLogEntryKind.SessionTerminated);

        await stage.RemindAsync();
        if (step is not "entry")
            await TryLeaveAsync(stage);
        await AgingStage.Until(() => Task.FromResult(failing.Count > 0));
        await stage.Cluster.CollectAsync();
        failing.Stop();

        await stage.UntilReminded(() => stage.Has(SessionLogEntryKind.SessionTerminated));
        // Nobody chose anything: the target stays as it is.
        await LeaveToldAsync(stage, fate: null);
        Assert.Single(await stage.EntriesAsync(), entry => entry.Kind is SessionLogEntryKind.SessionTerminated);
        Assert.Equal((SessionState.Terminated, DebuggerState.Exited), await StateAsync(stage));
        Assert.Equal(3, stage.Cluster.Mail.Taken.Count);
    }

    [Theory]
    [MemberData(nameof(Announcement))]
    public async Task Announce_WhenAStepFails_IsMailedOnce(string step, bool isDone)
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.Session.Close(stage.Ann.Id);
        stage.Pass(TimeSpan.FromDays(30));
        using var failing = Fail(stage, step, isDone, SessionLogEntryKind.TerminationAnnounced);

        await stage.RemindAsync();
        await AgingStage.Until(() => Task.FromResult(failing.Count > 0));
        await stage.Cluster.CollectAsync();
        failing.Stop();

        await stage.UntilReminded(() => Task.FromResult(stage.Cluster.Mail.Taken.Count == 3));
        await stage.RemindAsync();
        Assert.Single(await stage.EntriesAsync(), entry => entry.Kind is SessionLogEntryKind.TerminationAnnounced);
        Assert.Single(stage.Cluster.Mail.Taken, mail => mail.Kind is MailKind.SessionClosing);
    }

    /// <summary>The seven days: the last list that a client's session is on.</summary>
    [Theory]
    [InlineData("entry", false)]
    [InlineData("entry", true)]
    [InlineData("invitation", false)]
    [InlineData("invitation", true)]
    [InlineData("user", false)]
    [InlineData("user", true)]
    [InlineData("snapshot", false)]
    [InlineData("snapshot", true)]
    public async Task Expire_WhenAStepFails_LeavesTheClientsListAllTheSame(string step, bool isDone)
    {
        await using var stage = await AgingStage.OpenAsync();
        await stage.TerminateAsync();
        stage.Pass(TimeSpan.FromDays(7));
        using var failing = Fail(stage, step, isDone, SessionLogEntryKind.InvitationsExpired);

        await stage.RemindAsync();
        await AgingStage.Until(() => Task.FromResult(failing.Count > 0));
        await stage.Cluster.CollectAsync();
        failing.Stop();

        await stage.UntilReminded(async () => !await stage.Lists(stage.Bob));
        Assert.Single(await stage.EntriesAsync(), entry => entry.Kind is SessionLogEntryKind.InvitationsExpired);
        Assert.True(await stage.Lists(stage.Ann));
    }

    private static async Task CloseAndAnnounceAsync(AgingStage stage)
    {
        await stage.Session.Close(stage.Ann.Id);
        stage.Pass(TimeSpan.FromDays(30));
        await stage.UntilReminded(() => Task.FromResult(stage.Cluster.Mail.Taken.Count == 3));
    }

    private static async Task<(SessionState, DebuggerState)> StateAsync(AgingStage stage) =>
        (await stage.Session.View(stage.Ann.Id)).Value is { } view ? (view.State, view.Debugger) : default;

    /// <summary>The agent reads that it is to leave, with this fate, and leaves; when its report was lost, it makes it again.</summary>
    private static async Task LeaveToldAsync(AgingStage stage, TargetFate? fate)
    {
        await AgingStage.Until(async () =>
        {
            if ((await stage.Agent.TryAttachAsync(stage.Session)).Refusal is { Code: ProblemCodes.SessionTerminated })
                return true;
            var told = Assert.Single((await stage.Agent.LaneAsync(stage.Session)).Instructions, item => item.Kind is AgentInstructionKind.EndDebugger);
            Assert.Equal(fate, told.Target);
            await stage.Agent.AttachAsync(stage.Session);
            await TryLeaveAsync(stage);
            return false;
        });
        Assert.Single(await stage.EntriesAsync(), entry => entry.Kind is SessionLogEntryKind.RunExited);
    }

    private static async Task TryLeaveAsync(AgingStage stage) => await stage.Agent.SendAsync(stage.Session,
        stage.Agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Left, ExitCode = 0, Text = "gdb ended with exit code 0." }));

    private static Failing Fail(AgingStage stage, string step, bool isDone, SessionLogEntryKind entry)
    {
        var failing = new Failing(step);
        var (cluster, host) = (stage.Cluster, stage.Ann.Id.ToString());
        Task Append(SessionId _, IReadOnlyList<SessionLogEntry> entries) =>
            entries.Any(item => item.Kind == entry) ? failing.Step("entry") : entries.Any(item => item.Kind is SessionLogEntryKind.RunExited) ? failing.Step("end of the run") : Task.CompletedTask;
        Task Write(string name, GrainId grain) => name is "user" && grain.Key.ToString() == host ? Task.CompletedTask : failing.Step(name);
        cluster.Log.BeforeCompact = _ => failing.Step("compaction");
        if (isDone)
            (cluster.Log.AfterAppend, cluster.Stored.AfterWrite) = (Append, Write);
        else
            (cluster.Log.BeforeAppend, cluster.Stored.BeforeWrite) = (Append, Write);
        return failing;
    }

    private sealed class Failing(string which) : IDisposable
    {
        private int count;
        private bool isStopped;

        public int Count => Volatile.Read(ref count);

        public void Stop() => Volatile.Write(ref isStopped, true);

        public Task Step(string step)
        {
            if (step != which || Volatile.Read(ref isStopped))
                return Task.CompletedTask;
            Interlocked.Increment(ref count);
            throw new IOException($"{step} fails as the test says.");
        }

        public void Dispose() => Stop();
    }
}
