using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Testing.Processes;

/// <summary>A link that resets all its connections again and again, once it is told to.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly int port;
    private readonly Task accepting;
    private Task cutting = Task.CompletedTask;
    private CancellationTokenSource open = new();

    /// <param name="port">Where connections lead, on this machine.</param>
    public CuttingProxy(int port)
    {
        this.port = port;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Cuts that met a connection.</summary>
    public int Cuts { get; private set; }

    /// <summary>From now on every connection is reset each time this has passed.</summary>
    public void CutEvery(TimeSpan time) => cutting = CutAsync(time);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await open.CancelAsync();
        listener.Stop();
        await Task.WhenAll(accepting, cutting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        open.Dispose();
        ending.Dispose();
    }

    private async Task CutAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        while (await timer.WaitForNextTickAsync(ending.Token))
        {
            var cut = Interlocked.Exchange(ref open, new CancellationTokenSource());
            await cut.CancelAsync();
            Cuts++;
        }
    }

    private async Task AcceptAsync()
    {
        while (!ending.IsCancellationRequested)
            _ = ServeAsync(await listener.AcceptTcpClientAsync(ending.Token), Volatile.Read(ref open).Token);
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cut)
    {
        using var server = new TcpClient();
        using (client)
        {
            // Closing with this resets: what is on its way is lost on both sides.
            client.LingerState = server.LingerState = new LingerOption(true, 0);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, cut);
                var both = new[] { client.GetStream().CopyToAsync(server.GetStream(), cut), server.GetStream().CopyToAsync(client.GetStream(), cut) };
                await Task.WhenAny(both);
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // As a link that is cut.
            }
        }
    }
}
