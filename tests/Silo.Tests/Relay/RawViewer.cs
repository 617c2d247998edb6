using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>A viewer that speaks SignalR's JSON protocol by hand, so that it can misbehave as no client library does.</summary>
internal sealed class RawViewer : IAsyncDisposable
{
    private const byte Separator = 0x1e;

    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly List<byte> message = [];
    private int at;
    private int filled;

    public static async Task<RawViewer> ConnectAsync(Uri server, string token, CancellationToken cancellationToken)
    {
        var viewer = new RawViewer();
        viewer.socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await viewer.socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = Routes.SessionHub }.Uri, cancellationToken);
        await viewer.SendAsync("""{"protocol":"json","version":1}""", cancellationToken);
        await viewer.ReadAsync(cancellationToken);
        return viewer;
    }

    /// <summary>Opens a follow; its acknowledgements are stream <c>a</c> and the id.</summary>
    public Task FollowAsync(string session, long after, int id, CancellationToken cancellationToken) => SendAsync(
        JsonSerializer.Serialize(new { type = 4, invocationId = $"{id}", target = nameof(ISessionHub.Follow), arguments = new[] { new FollowRequest(session, after, 0, false) }, streamIds = new[] { $"a{id}" } }, WireJson.Options), cancellationToken);

    /// <param name="item">As JSON, whatever it is.</param>
    public Task AcknowledgeAsync(int id, string item, CancellationToken cancellationToken) =>
        SendAsync($$"""{"type":2,"invocationId":"a{{id}}","item":{{item}}}""", cancellationToken);

    public Task CancelAsync(int id, CancellationToken cancellationToken) => SendAsync($$"""{"type":5,"invocationId":"{{id}}"}""", cancellationToken);

    public async Task SendAsync(string text, CancellationToken cancellationToken) =>
        await socket.SendAsync((byte[])[.. Encoding.UTF8.GetBytes(text), Separator], WebSocketMessageType.Text, true, cancellationToken);

    /// <summary>The next message; null when the server has closed or cut the connection.</summary>
    public async Task<JsonElement?> ReadAsync(CancellationToken cancellationToken)
    {
        message.Clear();
        while (true)
        {
            for (; at < filled; at++)
            {
                if (buffer[at] != Separator)
                {
                    message.Add(buffer[at]);
                    continue;
                }
                at++;
                return JsonDocument.Parse(message.ToArray()).RootElement;
            }
            if (!await FillAsync(buffer, cancellationToken))
                return null;
        }
    }

    /// <summary>The next message of one type, others passed over.</summary>
    public async Task<JsonElement?> ReadAsync(int type, CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } next)
        {
            if (next.TryGetProperty("type", out var found) && found.GetInt32() == type)
                return next;
        }
        return null;
    }

    /// <summary>Takes one byte and throws it away. False when the connection is gone.</summary>
    public Task<bool> TakeByteAsync(CancellationToken cancellationToken) => FillAsync(buffer.AsMemory(0, 1), cancellationToken);

    public ValueTask DisposeAsync()
    {
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> FillAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            var result = await socket.ReceiveAsync(into, cancellationToken);
            (at, filled) = (0, result.Count);
            return result.MessageType is not WebSocketMessageType.Close;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }
}
