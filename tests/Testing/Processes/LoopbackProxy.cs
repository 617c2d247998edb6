using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Testing.Processes;

/// <summary>A way to servers on this machine. What it does to the bytes on it is said by whoever derives it; nobody connects before they know its address.</summary>
public abstract class LoopbackProxy : IAsyncDisposable
{
    protected const int BufferBytes = 16 * 1024;

    private readonly TcpListener listener;
    private readonly CancellationTokenSource ending = new();
    private readonly Task accepting;

    /// <param name="port">Its own; 0: any that is free.</param>
    protected LoopbackProxy(int port = 0)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    protected CancellationToken Ending => ending.Token;

    public virtual async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One connection, until it ends; closed by whoever calls.</summary>
    protected abstract Task ServeAsync(TcpClient client);

    /// <summary>Both directions, until one of them ends.</summary>
    protected static async Task EitherAsync(Func<CancellationToken, Task> one, Func<CancellationToken, Task> other, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] both = [one(ended.Token), other(ended.Token)];
        await Task.WhenAny(both);
        await ended.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (!ending.IsCancellationRequested)
            _ = ServeAndCloseAsync(await listener.AcceptTcpClientAsync(ending.Token));
    }

    private async Task ServeAndCloseAsync(TcpClient client)
    {
        using (client)
            await ServeAsync(client);
    }
}
