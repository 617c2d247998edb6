using OrleansKd.Agent.Api;

namespace OrleansKd.Chaos.Following;

/// <summary>A program that follows by REST long polls, and asks again whatever it is answered.</summary>
internal sealed class PolledFollower : IAsyncDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource ending = new();
    private readonly SessionsClient client;
    private readonly string session;
    private readonly List<EntryPrint> entries = [];
    private readonly Task running;

    public PolledFollower(SessionsClient client, string session)
    {
        (this.client, this.session) = (client, session);
        running = RunAsync();
    }

    /// <summary>What it was told, once it has so many entries.</summary>
    public async Task<IReadOnlyList<EntryPrint>> EntriesAsync(int count, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        within.CancelAfter(limit);
        using var timer = new PeriodicTimer(Pause);
        while (Snapshot() is var told)
        {
            if (told.Length >= count)
                return told;
            if (running.IsCompleted)
                await running;
            await timer.WaitForNextTickAsync(within.Token);
        }
        throw new InvalidOperationException("There is always a snapshot.");
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        using var pause = new PeriodicTimer(Pause);
        while (!ending.IsCancellationRequested)
        {
            try
            {
                var page = await client.GetTranscriptAsync(session, entries.Count, Wait, ending.Token);
                lock (entries)
                {
                    foreach (var entry in page.Entries)
                    {
                        if (entry.Sequence != entries.Count + 1)
                            throw new InvalidDataException($"A long poll after {entries.Count} was answered with entry {entry.Sequence}.");
                        entries.Add(EntryPrint.Of(entry));
                    }
                    if (page.DurableThrough < entries.Count)
                        throw new InvalidDataException($"A long poll gave entry {entries.Count}; durable was {page.DurableThrough}.");
                }
            }
            catch (ProblemException)
            {
                await pause.WaitForNextTickAsync(ending.Token);
            }
        }
    }

    private EntryPrint[] Snapshot()
    {
        lock (entries)
            return [.. entries];
    }
}
