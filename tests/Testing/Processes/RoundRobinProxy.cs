using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Testing.Processes;

/// <summary>A load balancer that knows nothing of HTTP: each TCP connection goes to the next edge that takes it.</summary>
public sealed class RoundRobinProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource ending = new();
    private readonly int[] ports;
    private readonly Task accepting;
    private readonly int[] taken;
    private CancellationTokenSource cutting = new();
    private int next;

    public RoundRobinProxy(params int[] ports)
        : this(new TcpListener(IPAddress.Loopback, 0), ports)
    {
    }

    private RoundRobinProxy(TcpListener listener, int[] ports)
    {
        this.listener = listener;
        this.ports = ports;
        taken = new int[ports.Length];
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Connections that each edge got.</summary>
    public IReadOnlyList<int> Taken => taken;

    /// <summary>A proxy at a port that is known before.</summary>
    public static RoundRobinProxy At(int port, params int[] ports) => new(new TcpListener(IPAddress.Loopback, port), ports);

    /// <summary>Cuts every connection that there is; new ones are taken.</summary>
    public void Cut() => Interlocked.Exchange(ref cutting, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
        cutting.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!ending.IsCancellationRequested)
            _ = ServeAsync(await listener.AcceptTcpClientAsync(ending.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            for (var attempt = 0; attempt < ports.Length; attempt++)
            {
                var edge = (int)((uint)Interlocked.Increment(ref next) % ports.Length);
                using var server = new TcpClient();
                try
                {
                    await server.ConnectAsync(IPAddress.Loopback, ports[edge], ending.Token);
                }
                catch (SocketException)
                {
                    continue;
                }
                Interlocked.Increment(ref taken[edge]);
                await PumpAsync(client, server);
                return;
            }
        }
    }

    private async Task PumpAsync(TcpClient client, TcpClient server)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, Volatile.Read(ref cutting).Token);
        var both = new[]
        {
            client.GetStream().CopyToAsync(server.GetStream(), ended.Token),
            server.GetStream().CopyToAsync(client.GetStream(), ended.Token),
        };
        await Task.WhenAny(both);
        await ended.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
