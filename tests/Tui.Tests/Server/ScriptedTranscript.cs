using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Tests.Server;

/// <summary>What a stream of pages does next.</summary>
public enum StreamStep
{
    /// <summary>The debugger prints; the next page shows it before it is durable.</summary>
    Print,

    /// <summary>Everything becomes durable.</summary>
    Persist,

    /// <summary>A page with at most two of the entries that the stream has not sent.</summary>
    SendSome,

    /// <summary>A page that repeats what was sent.</summary>
    Repeat,

    /// <summary>The grain moves: what was not durable is gone, other output takes its place, the epoch grows.</summary>
    FailOver,

    /// <summary>The stream ends normally.</summary>
    End,

    /// <summary>The connection is cut.</summary>
    Cut,

    /// <summary>A server that lost its session's grain goes on in the old epoch.</summary>
    StaleEpoch,

    /// <summary>A page with a hole before it.</summary>
    Hole,
}

/// <summary>One session's log and the faults on the way to its readers. After the last step it serves faithfully.</summary>
public sealed class ScriptedTranscript : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly object gate = new();
    private readonly List<TranscriptEntry> entries = [];
    private readonly CancellationTokenSource stopped = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<StreamStep> steps = new();
    private long durable;
    private long epoch = 1;
    private int printed;

    public long DurableThrough
    {
        get
        {
            lock (gate)
                return durable;
        }
    }

    /// <summary>The script is over, and nothing that was printed is not durable.</summary>
    public bool IsDone
    {
        get
        {
            lock (gate)
                return steps.Count == 0 && durable == entries.Count;
        }
    }

    /// <summary>The highest sequence that any reader acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Somebody follows, or did.</summary>
    public bool IsFollowed { get; private set; }

    public TranscriptEntry[] Durable()
    {
        lock (gate)
            return [.. entries.Take((int)durable)];
    }

    public void Script(IEnumerable<StreamStep> script) => steps = new Queue<StreamStep>(script);

    /// <summary>Adds a durable entry; <paramref name="make"/> gets a blank one.</summary>
    public TranscriptEntry Add(TranscriptEntryKind kind, Func<TranscriptEntry, TranscriptEntry>? make = null)
    {
        lock (gate)
        {
            var entry = new TranscriptEntry { Sequence = entries.Count + 1, At = Start, Kind = kind };
            entry = make is null ? entry : make(entry);
            entries.Add(entry);
            durable = entries.Count;
            Wake();
            return entry;
        }
    }

    public TranscriptEntry AddOutput(string text) => Add(TranscriptEntryKind.Output, entry => entry with { Data = Encoding.UTF8.GetBytes(text) });

    public TranscriptPage DurablePage(long after)
    {
        lock (gate)
            return new TranscriptPage(epoch, after, [.. entries.Take((int)durable).Skip((int)after).Take(3)], durable);
    }

    /// <summary>The last of those before.</summary>
    public TranscriptPage DurablePageBefore(long before)
    {
        lock (gate)
        {
            var end = (int)Math.Min(durable, before - 1);
            var after = Math.Max(0, end - 3);
            return new TranscriptPage(epoch, after, [.. entries.Take(end).Skip(after)], durable);
        }
    }

    public async Task TakeAcknowledgements(IAsyncEnumerable<long> sequences, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var sequence in sequences.WithCancellation(cancellationToken))
            {
                lock (gate)
                {
                    Acknowledged = Math.Max(Acknowledged, sequence);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Completes when <paramref name="condition"/> holds.</summary>
    public async Task WaitFor(Func<ScriptedTranscript, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition(this))
                    return;
                next = changed.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    public async IAsyncEnumerable<TranscriptPage> Follow(FollowRequest request, Action cut, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopped.Token);
        var after = request.After;
        var streamEpoch = 0L;
        lock (gate)
        {
            IsFollowed = true;
            Wake();
        }
        while (true)
        {
            TranscriptPage? page = null;
            Task next;
            lock (gate)
            {
                if (request.After > durable)
                    throw new InvalidOperationException($"Asked for what follows {request.After}, which is not durable ({durable}).");
                streamEpoch = streamEpoch == 0 ? epoch : streamEpoch;
                if (streamEpoch != epoch)
                    yield break;
                next = changed.Task;
                if (steps.TryDequeue(out var step))
                {
                    if (step is StreamStep.End)
                        yield break;
                    if (step is StreamStep.Cut)
                        cut();
                    page = Do(step, after, request.DurableOnly);
                    next = Task.CompletedTask;
                }
                else
                {
                    durable = entries.Count;
                    page = PageAfter(after, int.MaxValue, request.DurableOnly);
                }
                if (page is not null && page.Epoch == epoch && page.After <= after)
                    after = Math.Max(after, page.After + page.Entries.Length);
            }
            if (page is not null)
                yield return page;
            else
                await next.WaitAsync(either.Token);
        }
    }

    /// <summary>Ends the streams.</summary>
    public void Stop() => stopped.Cancel();

    public void Dispose() => stopped.Dispose();

    private TranscriptPage? Do(StreamStep step, long after, bool durableOnly)
    {
        switch (step)
        {
            case StreamStep.Print:
                Print();
                return PageAfter(after, int.MaxValue, durableOnly);
            case StreamStep.Persist:
                durable = entries.Count;
                Wake();
                return PageAfter(after, 0, durableOnly) ?? new TranscriptPage(epoch, after, [], durable);
            case StreamStep.SendSome:
                return PageAfter(after, 2, durableOnly);
            case StreamStep.Repeat:
                var from = Math.Max(0, after - 3);
                return new TranscriptPage(epoch, from, [.. entries.Skip((int)from).Take((int)(after - from))], durable);
            case StreamStep.FailOver:
                entries.RemoveRange((int)durable, entries.Count - (int)durable);
                epoch++;
                Print();
                Wake();
                return null;
            // A grain that was replaced may still serve what never became durable, but never anything else for what did.
            case StreamStep.StaleEpoch when after < durable:
                return null;
            case StreamStep.StaleEpoch:
                return new TranscriptPage(epoch - 1, after, [new TranscriptEntry { Sequence = after + 1, At = Start, Kind = TranscriptEntryKind.Output, Data = "stale"u8.ToArray() }], durable);
            case StreamStep.Hole:
                return new TranscriptPage(epoch, after + 2, [new TranscriptEntry { Sequence = after + 3, At = Start, Kind = TranscriptEntryKind.Output, Data = "hole"u8.ToArray() }], durable);
            default:
                return null;
        }
    }

    private void Print()
    {
        printed++;
        for (var index = 0; index <= printed % 3; index++)
            entries.Add(new TranscriptEntry { Sequence = entries.Count + 1, At = Start, Kind = TranscriptEntryKind.Output, Data = Encoding.UTF8.GetBytes($"{printed}.{index} in epoch {epoch}\n") });
        Wake();
    }

    private TranscriptPage? PageAfter(long after, int count, bool durableOnly)
    {
        var end = durableOnly ? durable : entries.Count;
        var news = entries.Take((int)end).Skip((int)after).Take(count).ToArray();
        return news.Length == 0 ? null : new TranscriptPage(epoch, after, news, durable);
    }

    private void Wake()
    {
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
