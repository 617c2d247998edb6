using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Testing.Processes;

/// <summary>A way to a server that keeps every byte of its answers: status lines, headers, bodies, and what comes over WebSockets.</summary>
public sealed class TappingProxy(int port) : LoopbackProxy
{
    private readonly ConcurrentBag<MemoryStream> connections = [];

    /// <summary>What the server answered on each connection so far.</summary>
    public IReadOnlyList<byte[]> Answers => [.. connections.Select(Copy)];

    protected override async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, Ending);
        }
        catch (SocketException)
        {
            // The server is down: so is this way to it.
            return;
        }
        var answers = new MemoryStream();
        connections.Add(answers);
        await EitherAsync(ended => client.GetStream().CopyToAsync(server.GetStream(), ended), ended => KeepAsync(server, client, answers, ended), Ending);
    }

    private static async Task KeepAsync(TcpClient from, TcpClient to, MemoryStream kept, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (await from.GetStream().ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            lock (kept)
                kept.Write(buffer, 0, count);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private static byte[] Copy(MemoryStream stream)
    {
        lock (stream)
            return stream.ToArray();
    }
}
