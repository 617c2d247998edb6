using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace OrleansKd.Benchmarks.Connections;

/// <summary>Connections that are opened at a pace, and what became of them.</summary>
internal sealed class Flood(IPEndPoint server, string token, CancellationToken stop) : IDisposable
{
    private readonly ConcurrentDictionary<string, int> counts = new();
    private readonly SemaphoreSlim mayOpen = new(0);

    public void Dispose() => mayOpen.Dispose();

    /// <summary>Lets so many be opened at once, every so often.</summary>
    public async Task PaceAsync(int atOnce, TimeSpan every)
    {
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync(stop))
        {
            // What nobody took is not saved up.
            if (mayOpen.CurrentCount < atOnce)
                mayOpen.Release(atOnce);
        }
    }

    public async Task TellAsync(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync(stop))
            Console.WriteLine($"counts {JsonSerializer.Serialize(counts.ToDictionary())}");
    }

    /// <summary>One connection after the other, or the only one, of a kind.</summary>
    public async Task RunAsync(FloodKind kind, IPAddress from, bool comesAgain)
    {
        do
        {
            await mayOpen.WaitAsync(stop);
            Count($"{kind.Name}.open", 1);
            Count("all.tried", 1);
            var end = await EndAsync(kind, from);
            Count($"{kind.Name}.open", -1);
            Count($"{kind.Name}.{end}", 1);
        }
        while (comesAgain);
    }

    /// <summary>A connection that is reset while it is opened, or written to, is as closed as one that is read from.</summary>
    private async Task<string> EndAsync(FloodKind kind, IPAddress from)
    {
        try
        {
            using var connection = await RawConnection.OpenAsync(server, from, stop);
            return await kind.RunAsync(connection, token, stop);
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown ? FloodKind.Closed : $"{exception.SocketErrorCode}";
        }
    }

    private void Count(string what, int more) => counts.AddOrUpdate(what, more, (_, count) => count + more);
}
