using System.Diagnostics;
using OrleansKd.Agent.Api;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Chaos.Printing;
using OrleansKd.Contracts;

namespace OrleansKd.Chaos.Following;

/// <summary>
/// A viewer that remembers every entry that it was told, as the product's own follower tells it. Durable-only, it also writes the
/// output to a file and compares it as it comes.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source without timer or links holds nothing to dispose, and it tells whether this was disposed of.")]
internal sealed class RecordedFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly SessionFollower follower;
    private readonly string session;
    private readonly PrintedCheck? check;
    private readonly FileStream? file;
    private readonly List<EntryPrint> entries = [];
    private readonly Lock gate = new();
    private readonly Task running;
    private bool hasTerminated;
    private bool hasExited;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RecordedFollower(ChaosCluster cluster, Uri edge, string session, PrintedCheck? check, string? path)
    {
        follower = new SessionFollower(edge, cluster.HostTokens, TimeProvider.System);
        (this.session, this.check) = (session, check);
        file = path is null ? null : new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        running = RunAsync();
    }

    /// <summary>Output's bytes that it was told and that were not taken back.</summary>
    public long OutputBytes { get; private set; }

    /// <summary>Of the newest page.</summary>
    public long Epoch { get; private set; }

    /// <summary>When the first output of this epoch came, as a timestamp.</summary>
    public long EpochsFirstOutputAt { get; private set; }

    /// <summary>The epoch of the output that came last.</summary>
    public long OutputEpoch { get; private set; }

    /// <summary>The watermark that it was told last: nothing at or below it may ever differ from the log.</summary>
    public long DurableThrough { get; private set; }

    public int Rewinds { get; private set; }

    public long Last { get; private set; }

    /// <summary>The session was terminated and its debugger's end is recorded: nothing follows.</summary>
    public bool HasEnded => hasTerminated && hasExited;

    public PrintedCheck? Check => check;

    /// <summary>Where a durable-only follower writes the output.</summary>
    public string? OutputFile => file?.Name;

    public static RecordedFollower Live(ChaosCluster cluster, string session, Uri? edge = null) => new(cluster, edge ?? cluster.Edge, session, null, null);

    public static RecordedFollower Durable(ChaosCluster cluster, string session, PrintedCheck check, string path, Uri? edge = null) =>
        new(cluster, edge ?? cluster.Edge, session, check, path);

    public IReadOnlyList<EntryPrint> Entries()
    {
        lock (gate)
            return [.. entries];
    }

    /// <summary>Waits until what it was told satisfies <paramref name="isThere"/>; what went wrong with it is thrown here.</summary>
    public async Task WaitForAsync(Func<RecordedFollower, bool> isThere, string what, TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            lock (gate)
            {
                if (isThere(this))
                    return;
            }
            if (running.IsCompleted)
                await running;
            try
            {
                var left = limit - Stopwatch.GetElapsedTime(begun);
                await Task.WhenAny(next, running).WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:F0} s for {what}; the follower is at entry {Last} of epoch {Epoch}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (ending.IsCancellationRequested)
            return;
        await ending.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await follower.DisposeAsync();
        if (file is not null)
            await file.DisposeAsync();
    }

    private async Task RunAsync()
    {
        await foreach (var update in follower.Follow(session, 0, check is not null, ending.Token))
        {
            lock (gate)
            {
                if (update is TranscriptUpdate.Page { Value: var page })
                    Take(page);
                else if (update is TranscriptUpdate.Rewound { ToSequence: var sequence })
                    Rewind(sequence);
            }
            if (file is not null)
                await file.FlushAsync(ending.Token);
            Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    private void Take(TranscriptPage page)
    {
        (Epoch, DurableThrough) = (page.Epoch, page.DurableThrough);
        foreach (var entry in page.Entries)
        {
            if (entry.Sequence != Last + 1)
                throw new InvalidDataException($"Entry {entry.Sequence} came after {Last}.");
            Last = entry.Sequence;
            entries.Add(EntryPrint.Of(entry));
            hasTerminated |= entry.Kind is TranscriptEntryKind.SessionTerminated;
            hasExited |= entry.Kind is TranscriptEntryKind.RunExited;
            if (entry.Kind is TranscriptEntryKind.Output)
                TakeOutput(entry.Data, page.Epoch);
        }
    }

    private void TakeOutput(ReadOnlyMemory<byte> data, long epoch)
    {
        if (epoch > OutputEpoch)
            (OutputEpoch, EpochsFirstOutputAt) = (epoch, Stopwatch.GetTimestamp());
        OutputBytes += data.Length;
        check?.Take(data.Span);
        file?.Write(data.Span);
    }

    private void Rewind(long sequence)
    {
        if (check is not null)
            throw new InvalidDataException($"A durable-only follower was taken back from {Last} to {sequence}.");
        Rewinds++;
        while (entries.Count > 0 && entries[^1].Sequence > sequence)
        {
            OutputBytes -= entries[^1].Bytes;
            entries.RemoveAt(entries.Count - 1);
        }
        Last = sequence;
    }
}
