using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>A real server that waits for nobody, and one client for each way of keeping it waiting, all at once.</summary>
public sealed class SlowClients : IAsyncLifetime
{
    /// <summary>Far more than any of the times that the server was told, and far less than what it would wait otherwise.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    /// <summary>As the server is told it.</summary>
    public static readonly TimeSpan HubSilence = TimeSpan.FromSeconds(4);

    private const string HubHello = "{\"protocol\":\"json\",\"version\":1}\u001e";

    private readonly List<TcpClient> opened = [];
    private readonly Dictionary<string, Task<string>> endings = [];
    private ServerProcesses? servers;
    private ProgramRun? server;
    private X509Certificate2? certificate;
    private int port;
    private int tlsPort;
    private string token = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What each one does after it has connected; with a colon: over TLS.</summary>
    private static Dictionary<string, Func<SlowClients, Stream, Task>> Ways { get; } = new()
    {
        ["says nothing"] = (_, _) => Task.CompletedTask,
        ["begins no TLS"] = (_, _) => Task.CompletedTask,
        // A record of a handshake that is to be 200 bytes long.
        ["stops within the TLS handshake"] = (_, stream) => stream.WriteAsync(new byte[] { 22, 3, 1, 0, 200, 1, 0 }, Cancellation).AsTask(),
        ["says nothing after the TLS handshake"] = (_, _) => Task.CompletedTask,
        ["stops within a request's head"] = (_, stream) => stream.WriteAsync("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "u8.ToArray(), Cancellation).AsTask(),
        ["stops within a body"] = (clients, stream) => SendAsync(stream, $"POST {Routes.Sessions} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {clients.token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"),
        ["has had its answer"] = (_, stream) => SendAsync(stream, "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ["takes none of its answers"] = (_, stream) => AskForeverAsync(stream),
        ["sends no hub handshake"] = (clients, stream) => UpgradeAsync(clients, stream, ""),
        ["says nothing to the hub"] = (clients, stream) => UpgradeAsync(clients, stream, HubHello),
    };

    public static TheoryData<string> Kinds => [.. Ways.Keys];

    /// <summary>All that the server said to one of them until it closed the connection.</summary>
    public Task<string> EndingOf(string kind) => endings[kind];

    /// <summary>A client that only listens to a hub and answers its WebSocket's pings: how long the hub has talked to it.</summary>
    public async Task<TimeSpan> ListenAsync(TimeSpan atLeast)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}{Routes.AgentHub}"), Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes(HubHello), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        var clock = Stopwatch.StartNew();
        var heard = TimeSpan.Zero;
        while (heard < atLeast && (await socket.ReceiveAsync(new byte[1024], Cancellation)).MessageType is not WebSocketMessageType.Close)
            heard = clock.Elapsed;
        return heard;
    }

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync();
        token = await servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });
        (port, tlsPort) = (SiloProgram.FreePort(), SiloProgram.FreePort());
        certificate = Certificate();
        var certificateFile = Path.Combine(servers.Folder, "server.pfx");
        await File.WriteAllBytesAsync(certificateFile, certificate.Export(X509ContentType.Pkcs12), Cancellation);
        server = SiloProgram.Start(servers.Storage.ConnectionString,
        [
            "--urls", $"http://127.0.0.1:{port};https://127.0.0.1:{tlsPort}", "--OrleansKd:Auth:Authority", servers.Authority.GetLeftPart(UriPartial.Authority),
            "--Kestrel:Certificates:Default:Path", certificateFile,
            .. new[] { "Idle=00:00:02", "TlsHandshake=00:00:01", "RequestHead=00:00:01", "HubHandshake=00:00:01", $"HubSilence={HubSilence}", "Grace=00:00:02", "LeastBytesPerSecond=10000000" }
                .SelectMany(setting => new[] { $"--OrleansKd:Edge:SlowClients:{setting.Split('=')[0]}", setting.Split('=')[1] }),
        ]);
        await server.WaitForAsync(text => text.Contains("Application started", StringComparison.Ordinal), "the server");
        foreach (var (kind, way) in Ways)
            endings[kind] = RunAsync(kind.Contains("TLS", StringComparison.Ordinal), kind.Contains("after the TLS", StringComparison.Ordinal), way);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in opened)
            client.Dispose();
        certificate?.Dispose();
        if (server is not null)
            await server.DisposeAsync();
        if (servers is not null)
            await servers.DisposeAsync();
    }

    private async Task<string> RunAsync(bool isToTls, bool speaksTls, Func<SlowClients, Stream, Task> way)
    {
        var client = new TcpClient();
        opened.Add(client);
        await client.ConnectAsync(IPAddress.Loopback, isToTls ? tlsPort : port, Cancellation);
        Stream stream = client.GetStream();
        if (speaksTls)
        {
            var tls = new SslStream(stream);
            var onlyOurs = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            onlyOurs.CustomTrustStore.Add(certificate!);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = onlyOurs }, Cancellation);
            stream = tls;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        var said = new MemoryStream();
        try
        {
            await way(this, stream).WaitAsync(limit.Token);
            await stream.CopyToAsync(said, limit.Token);
        }
        catch (IOException)
        {
            // Closed without a word.
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not closed after {Limit}; it has said {said.Length} bytes: {Encoding.Latin1.GetString(said.ToArray())}");
        }
        return Encoding.Latin1.GetString(said.ToArray());
    }

    private static Task UpgradeAsync(SlowClients clients, Stream stream, string firstMessage)
    {
        var frame = firstMessage.Length == 0 ? [] : MaskedText(firstMessage);
        var head = $"GET {Routes.AgentHub} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {clients.token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        return stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. frame], Cancellation).AsTask();
    }

    /// <summary>One frame of a WebSocket, whose mask is zeros.</summary>
    private static byte[] MaskedText(string text) => [0x81, (byte)(0x80 | Encoding.UTF8.GetByteCount(text)), 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)];

    /// <summary>The server reads a while longer than it is read, then no more, and then it has closed.</summary>
    private static async Task AskForeverAsync(Stream stream)
    {
        while (true)
            await SendAsync(stream, $"GET {Routes.OpenApi} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }

    private static Task SendAsync(Stream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation).AsTask();

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
