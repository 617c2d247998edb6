using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>The writer and its tail when a write fails at a random moment.</summary>
public sealed class SessionWriterTests
{
    /// <summary>Batches of entries; some begin with one that is not output. The write with that number fails.</summary>
    private static readonly Gen<(int[] Batches, int FailAt, bool Lands)> Runs = Gen.Select(Gen.Int[1, 40].Array[1, 30], Gen.Int[1, 15], Gen.Bool);

    // As in a grain: one thing at a time, and what a step does at once is done before anybody else goes on.
    [Fact]
    public Task Write_WhenOneFails_TheWatermarkIsWhatTheLogHasAndNothingIsWrittenAfter() => Runs.SampleAsync(
        run => Task.Factory.StartNew(() => RunAsync(run), CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap(),
        iter: 200, threads: 1);

    private static async Task RunAsync((int[] Batches, int FailAt, bool Lands) run)
    {
        var (batches, failAt, lands) = run;
        var log = new FailingLog(failAt, lands);
        var tail = new SessionTail(0);
        var failures = 0;
        var moved = 0L;
        var writer = new SessionWriter(log, tail, TimeProvider.System, entries => moved = entries[^1].Sequence, _ => failures++);
        foreach (var count in batches)
        {
            for (var i = 0; i < count; i++)
                tail.Add(Entry(tail.Last + 1, isOutput: i > 0), new RunPosition(1, tail.Last + 1));
            writer.Added(now: true);
            try
            {
                await writer.WhenDurable(tail.Last, CancellationToken.None);
            }
            catch (SessionLogUnknownException)
            {
                Assert.True(writer.HasFailed);
            }

            Assert.Equal(log.Acknowledged, tail.DurableThrough);
            Assert.Equal(log.Acknowledged, moved);
            // Nothing but output is shown that was not acknowledged, and nothing after such an entry.
            Assert.All(tail.Read(tail.DurableThrough, int.MaxValue), entry => Assert.Equal(SessionLogEntryKind.Output, entry.Kind));
        }
        Assert.Equal(log.Appends >= failAt, writer.HasFailed);
        Assert.Equal(writer.HasFailed ? 1 : 0, failures);
        Assert.True(log.Appends <= failAt, "Something was written after a failure.");
    }

    private static SessionLogEntry Entry(long sequence, bool isOutput) => isOutput
        ? new(sequence, 0, SessionLogEntryKind.Output, new byte[10])
        : new(sequence, 0, SessionLogEntryKind.CommandStarted, new SessionLogEntryBody().Encode());

    private sealed class FailingLog(int failAt, bool lands) : ISessionLogWriter
    {
        public SessionLogHead Head { get; private set; } = new(1, 0, default, 0);

        public int Appends { get; private set; }

        /// <summary>The last sequence whose write was answered; one that landed without an answer does not count.</summary>
        public long Acknowledged { get; private set; }

        public async Task Append(IReadOnlyList<SessionLogEntry> entries, RunPosition run, CancellationToken cancellationToken)
        {
            Appends++;
            await Task.Yield();
            Assert.Equal(Head.LastSequence + 1, entries[0].Sequence);
            if (Appends == failAt)
            {
                if (lands)
                    Head = Head with { LastSequence = entries[^1].Sequence, Run = run };
                throw new SessionLogUnknownException(SessionId.New(), new TimeoutException());
            }
            Head = Head with { LastSequence = entries[^1].Sequence, Run = run };
            Acknowledged = entries[^1].Sequence;
        }

        public Task Compact(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
