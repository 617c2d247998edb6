using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansKd.Testing.Processes;

/// <summary>A way to a server that loses an answer: the request arrives, and when the server has acted and begins to answer, the connection ends.</summary>
public sealed class LosingProxy(int port) : LoopbackProxy
{
    private string? losing;

    /// <summary>The request that shall lose its answer did.</summary>
    public bool HasLost => Volatile.Read(ref losing) is null;

    /// <summary>The next request that begins so (<c>POST /api/…</c>) gets no answer.</summary>
    public void LoseNext(string request) => Volatile.Write(ref losing, request);

    protected override async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port, Ending);
        var isLosing = false;
        await EitherAsync(
            ended => PumpAsync(
                client,
                server,
                bytes =>
                {
                    isLosing |= IsToLose(bytes);
                    return true;
                },
                ended),
            ended => PumpAsync(server, client, _ => !isLosing, ended),
            Ending);
    }

    private bool IsToLose(ReadOnlyMemory<byte> bytes) =>
        Volatile.Read(ref losing) is { } request && Encoding.ASCII.GetString(bytes.Span).StartsWith(request, StringComparison.Ordinal)
        && Interlocked.CompareExchange(ref losing, null, request) == request;

    private static async Task PumpAsync(TcpClient from, TcpClient to, Func<ReadOnlyMemory<byte>, bool> passes, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (await from.GetStream().ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (!passes(buffer.AsMemory(0, count)))
                return;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }
}
