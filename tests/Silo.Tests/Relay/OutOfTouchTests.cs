using System.Diagnostics;
using System.Globalization;
using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>A server that can't reach the membership table: its storage hangs for a while.</summary>
[Collection(FloodedSessionTests.Name)]
public sealed class OutOfTouchTests(FloodedSession session)
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>10 seconds, and a moment in which a page that was on its way arrives.</summary>
    private static readonly TimeSpan ShownAtMost = TimeSpan.FromSeconds(10.5);

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Viewers_WhenTheMembershipTableIsOutOfReachFor10Seconds_SeeNothingUntilItIsBack()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(80));
        await using var follower = session.Follower();
        var begin = await session.EndAsync(limit.Token);
        await follower.EnterCommandAsync(session.Id, "python import time; [(print('tick %d' % i, flush=True), time.sleep(0.1)) for i in range(1000)]", limit.Token);
        List<(long At, long Sequence)> shown = [];
        var (stoppedAt, goesOnAt, hasBroken) = (0L, 0L, false);
        var printed = new StringBuilder();
        Task? outage = null;
        await foreach (var update in follower.Follow(session.Id, begin, durableOnly: false, limit.Token))
        {
            if (update is not TranscriptUpdate.Page { Value: var page })
                continue;
            foreach (var entry in page.Entries)
            {
                shown.Add((Stopwatch.GetTimestamp(), entry.Sequence));
                printed.Append(Encoding.UTF8.GetString(entry.Data.Span));
            }
            outage ??= printed.ToString().Contains("tick 5\n", StringComparison.Ordinal) ? OutageAsync() : null;
            hasBroken |= page.Entries.Any(entry => entry.Kind is TranscriptEntryKind.BreakSent);
            if (outage is { IsCompleted: true } && printed.ToString().LastIndexOf("(gdb) ", StringComparison.Ordinal) > printed.ToString().LastIndexOf("tick ", StringComparison.Ordinal))
                break;
        }
        await outage!;

        var last = shown.Last(one => one.At < goesOnAt).At;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Shown for {Stopwatch.GetElapsedTime(stoppedAt, last).TotalSeconds:F1} s of the outage; again {Stopwatch.GetElapsedTime(goesOnAt, shown.First(one => one.At > goesOnAt).At).TotalSeconds:F1} s after its end."));
        Assert.InRange(Stopwatch.GetElapsedTime(stoppedAt, last), TimeSpan.FromSeconds(5), ShownAtMost);
        Assert.Equal(Enumerable.Range(1, shown.Count).Select(i => begin + i), shown.Select(one => one.Sequence));
        Assert.True(hasBroken, "The Break is not in the transcript.");

        async Task OutageAsync()
        {
            stoppedAt = Stopwatch.GetTimestamp();
            session.Hosted.Servers.SignalStorage(SigStop);
            try
            {
                using var timer = new PeriodicTimer(Outage - TimeSpan.FromSeconds(2));
                await timer.WaitForNextTickAsync(limit.Token);
                // Interrupting works all the time.
                await follower.BreakAsync(session.Id, "out-of-touch", limit.Token);
                timer.Period = TimeSpan.FromSeconds(2);
                await timer.WaitForNextTickAsync(limit.Token);
            }
            finally
            {
                goesOnAt = Stopwatch.GetTimestamp();
                session.Hosted.Servers.SignalStorage(SigCont);
            }
        }
    }
}
