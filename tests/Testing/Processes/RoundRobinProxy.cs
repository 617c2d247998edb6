using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Testing.Processes;

/// <summary>A load balancer that knows nothing of HTTP: each TCP connection goes to the next edge that takes it.</summary>
public sealed class RoundRobinProxy : LoopbackProxy
{
    private readonly int[] ports;
    private readonly int[] taken;
    private CancellationTokenSource cutting = new();
    private int next;

    public RoundRobinProxy(params int[] ports)
        : this(0, ports)
    {
    }

    private RoundRobinProxy(int port, int[] ports)
        : base(port) => (this.ports, taken) = (ports, new int[ports.Length]);

    /// <summary>Connections that each edge got.</summary>
    public IReadOnlyList<int> Taken => taken;

    /// <summary>A proxy at a port that is known before.</summary>
    public static RoundRobinProxy At(int port, params int[] ports) => new(port, ports);

    /// <summary>Cuts every connection that there is; new ones are taken.</summary>
    public void Cut() => Interlocked.Exchange(ref cutting, new CancellationTokenSource()).Cancel();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        cutting.Dispose();
    }

    protected override async Task ServeAsync(TcpClient client)
    {
        for (var attempt = 0; attempt < ports.Length; attempt++)
        {
            var edge = (int)((uint)Interlocked.Increment(ref next) % ports.Length);
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, ports[edge], Ending);
            }
            catch (SocketException)
            {
                continue;
            }
            Interlocked.Increment(ref taken[edge]);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(Ending, Volatile.Read(ref cutting).Token);
            await EitherAsync(cut => client.GetStream().CopyToAsync(server.GetStream(), cut), cut => server.GetStream().CopyToAsync(client.GetStream(), cut), ended.Token);
            return;
        }
    }
}
