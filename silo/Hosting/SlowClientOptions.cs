using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using WebSocketOptions = Microsoft.AspNetCore.Builder.WebSocketOptions;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Section <c>OrleansKd:Edge:SlowClients</c>: how long a connection may keep this server waiting in each state before it is closed. What has begun to
/// follow says that it is there within <see cref="Contracts.HubTimings"/>.
/// </summary>
public sealed class SlowClientOptions
{
    /// <summary>The server looks once a second.</summary>
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(1);

    /// <summary>A connection without a request under way. Programs keep theirs for a minute: closed sooner, their next request would meet the close.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Until TLS is agreed: a few packets.</summary>
    public TimeSpan TlsHandshake { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For a request's line and headers, which every client sends at once.</summary>
    public TimeSpan RequestHead { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From a hub's WebSocket to its first message, which every client sends at once.</summary>
    public TimeSpan HubHandshake { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For one message of a hub to a client that takes nothing: more than a cut that heals by itself.</summary>
    public TimeSpan HubSend { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For a client of a hub that says nothing at all: asked (a WebSocket's ping) after half of it, closed after it. SignalR by itself counts silence only
    /// after a client has once said that it is there. Programs of ours say so far more often, and are never asked.
    /// </summary>
    public TimeSpan HubSilence { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Of a request's body, and of an answer that waits for its reader. The longest body takes a minute at this rate, a page of a transcript half of one;
    /// slower ones can't be told from those that only hold a connection.
    /// </summary>
    public int LeastBytesPerSecond { get; set; } = 4 * 1024;

    /// <summary>Before the rate counts.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    internal void Apply(KestrelServerOptions kestrel)
    {
        var limits = kestrel.Limits;
        limits.KeepAliveTimeout = Idle;
        limits.RequestHeadersTimeout = RequestHead;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
        kestrel.ConfigureHttpsDefaults(https => https.HandshakeTimeout = TlsHandshake);
    }

    internal void Apply(HubOptions hub) => hub.HandshakeTimeout = HubHandshake;

    internal void Apply(WebSocketOptions sockets) => sockets.KeepAliveInterval = sockets.KeepAliveTimeout = HubSilence / 2;

    internal void Apply(HttpConnectionDispatcherOptions hub) => hub.TransportSendTimeout = HubSend;

    /// <summary>Nothing when they can be used.</summary>
    internal IEnumerable<string> Problems()
    {
        foreach (var (name, value) in new[] { (nameof(Idle), Idle), (nameof(TlsHandshake), TlsHandshake), (nameof(RequestHead), RequestHead), (nameof(HubHandshake), HubHandshake), (nameof(HubSend), HubSend), (nameof(HubSilence), HubSilence) })
        {
            if (value <= TimeSpan.Zero)
                yield return $"OrleansKd:Edge:SlowClients:{name} is {value}; it must be longer than nothing.";
        }
        if (LeastBytesPerSecond < 1 || Grace <= LeastGrace)
            yield return $"OrleansKd:Edge:SlowClients:LeastBytesPerSecond ({LeastBytesPerSecond}) must be at least 1, and :Grace ({Grace}) longer than {LeastGrace}.";
    }
}
