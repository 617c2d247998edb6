using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OrleansKd.Benchmarks.Connections;

/// <summary>A connection in bytes, from an address of choice, because no client library misbehaves as a stranger may. Closed without the waiting that uses up ports.</summary>
internal sealed class RawConnection : IDisposable
{
    /// <summary>A frame's whole header: two bytes, eight of length, four of mask.</summary>
    private const int FrameHead = 14;

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[512];
    private readonly string host;

    private RawConnection(Socket socket, string host) => (this.socket, this.host) = (socket, host);

    public static async Task<RawConnection> OpenAsync(IPEndPoint server, IPAddress from, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(server, stop);
            return new RawConnection(socket, $"{server}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(string text, CancellationToken stop) => SendAsync(Encoding.ASCII.GetBytes(text), stop);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, stop)..];
    }

    /// <summary>The head of a request without the blank line that ends it.</summary>
    public string Head(string path, string token, string more = "") => $"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{more}";

    /// <summary>Signs in to a hub; false when the server does not let it.</summary>
    public async Task<bool> OpenHubAsync(string path, string token, CancellationToken stop)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        await SendAsync(Head(path, token, $"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"), stop);
        if (await ReadStatusAsync(stop) != (int)HttpStatusCode.SwitchingProtocols)
            return false;
        await SendFrameAsync("""{"protocol":"json","version":1}"""u8.ToArray(), stop);
        return true;
    }

    /// <summary>A text message and SignalR's end of it; the mask is nothing but zeros.</summary>
    public Task SendFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        var frame = new byte[FrameHead + payload.Length + 1];
        (frame[0], frame[1]) = (0x81, 0x80 | 127);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length + 1);
        payload.CopyTo(frame.AsMemory(FrameHead));
        frame[^1] = 0x1e;
        return SendAsync(frame, stop);
    }

    /// <summary>The status of the answer that comes; 0 when the connection is closed without one.</summary>
    public async Task<int> ReadStatusAsync(CancellationToken stop)
    {
        var count = await ReadAsync(stop);
        var text = Encoding.ASCII.GetString(buffer, 0, count);
        return text.Length >= 12 && text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(text.AsSpan(9, 3), out var status) ? status : 0;
    }

    /// <summary>Returns when the server has closed the connection.</summary>
    public async Task UntilClosedAsync(CancellationToken stop)
    {
        while (await ReadAsync(stop) > 0)
        {
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<int> ReadAsync(CancellationToken stop)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, stop);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
