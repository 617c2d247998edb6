using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Api;
using OrleansKd.Testing.Fuzz;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>
/// Bytes over real WebSockets to both hubs: messages of the JSON and the MessagePack protocol, right ones changed anywhere, cut anywhere, sent in
/// pieces, repeated, out of order. The server answers or hangs up; it logs no fault, keeps no memory, and an honest reader beside it gets everything.
/// </summary>
public sealed class HubFuzzTests
{
    private const long GrowthBytes = 300L * 1024 * 1024;

    /// <summary>A session takes 20 notes within a minute of one person.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(4);

    private static readonly IHubProtocol[] Protocols =
    [
        new JsonHubProtocol(Options.Create(new JsonHubProtocolOptions { PayloadSerializerOptions = WireJson.Options })),
        new MessagePackHubProtocol(),
    ];

    private static readonly string[] Handshakes =
        ["", "{}", "{\"protocol\":\"json\"}", "{\"protocol\":\"json\",\"version\":99}", "{\"protocol\":7,\"version\":1}", "{\"protocol\":\"messagepack\",\"version\":1,\"x\":{}}", "[]", "null", "\0", "{\"protocol\":\"\u202e\",\"version\":1}"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hubs_WhateverIsSent_StayUpAndServeTheOthers()
    {
        await using var program = await ProgramSession.OpenAsync();
        // An agent or a viewer whose right is proved: what is behind the door is tried, too.
        var tokens = new[] { program.HostToken, await program.Hosted.Servers.TokenAsync(new { Email = "mallory@elsewhere.example", Name = "Mallory" }) };
        using var server = Process.GetProcessById(program.Hosted.Server.Run.Id);
        using var follow = await program.FollowAsync();
        var before = 0L;
        var looks = 0;
        var clock = Stopwatch.StartNew();
        await Fuzzing.RunAsync("hubs", 10, async one =>
        {
            await SendAsync(program.Address, one.Pick(tokens), one, program.Id);
            if (clock.Elapsed < looks * BetweenLooks)
                return;
            var note = $"note {++looks}";
            // The honest one beside it, and what the server has in memory once it is warm.
            await program.DoAsync(HttpMethod.Post, Routes.Notes, new NoteRequest(note));
            await follow.UntilAsync(entry => entry.Kind == TranscriptEntryKind.NoteAdded && entry.Text == note);
            server.Refresh();
            before = looks <= 2 ? Math.Max(before, server.WorkingSet64) : before;
            Assert.True(server.WorkingSet64 < before + GrowthBytes, $"{server.WorkingSet64} bytes after {clock.Elapsed}; {before} at first.");
        });
        Assert.Equal(Enumerable.Range(1, follow.Entries.Count).Select(sequence => (long)sequence), follow.Entries.Select(entry => entry.Sequence));
        Assert.False(program.Hosted.Server.Run.HasExited);
        var log = program.Hosted.Server.Run.Out.Split('\n');
        // What went wrong stands behind the line that says how bad it is. SignalR calls every stream that is refused a failure.
        var faults = log.Index().Where(line => (line.Item.StartsWith("fail: ", StringComparison.Ordinal) || line.Item.StartsWith("crit: ", StringComparison.Ordinal))
            && !log[line.Index + 1].Contains("HubException: [", StringComparison.Ordinal));
        Assert.True(!faults.Any(), string.Join('\n', faults.Take(3).SelectMany(fault => log.Skip(fault.Index).Take(12))));
    }

    private static async Task SendAsync(Uri server, string token, FuzzCase one, string session)
    {
        var protocol = one.Pick(Protocols);
        var hub = one.Pick((string[])[Routes.SessionHub, Routes.AgentHub]);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = hub }.Uri, Cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reading = ReadAsync(socket, ending.Token);
        var type = protocol.Name == "json" ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        try
        {
            var shake = one.Chance(12) ? one.Pick(Handshakes) : $$"""{"protocol":"{{protocol.Name}}","version":1}""";
            await SendAsync(socket, one, [.. Encoding.UTF8.GetBytes(shake), 0x1e], type);
            for (var messages = 1 + one.Next(6); messages > 0; messages--)
            {
                var message = MessageOf(protocol, one, hub, session);
                await SendAsync(socket, one, one.Chance(3) ? message : one.Mutate(message), one.Chance(20) ? WebSocketMessageType.Binary : type);
            }
            // Most answers come at once; what does not is cut, as by a client that goes.
            if (one.Chance(2))
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ending.Token);
            else if (one.Chance(2))
                socket.Abort();
        }
        catch (Exception gone) when (IsCut(gone))
        {
            // The server hung up before all was sent.
        }
        await ending.CancelAsync();
        await reading;
    }

    private static async Task SendAsync(ClientWebSocket socket, FuzzCase one, byte[] bytes, WebSocketMessageType type)
    {
        // In frames that end anywhere.
        for (var at = 0; at < bytes.Length;)
        {
            var count = one.Chance(3) ? 1 + one.Next(bytes.Length - at) : bytes.Length - at;
            at += count;
            await socket.SendAsync(bytes.AsMemory(at - count, count), type, at == bytes.Length, Cancellation);
        }
    }

    private static byte[] MessageOf(IHubProtocol protocol, FuzzCase one, string hub, string session)
    {
        var id = one.Pick((string[])["1", "1", "2", "", new string('9', 500)]);
        string[]? streams = one.Chance(3) ? null : [.. Enumerable.Range(0, one.Chance(20) ? 5_000 : 1 + one.Next(2)).Select(index => one.Chance(3) ? "s" : $"s{index}")];
        HubMessage message = one.Next(10) switch
        {
            0 => PingMessage.Instance,
            1 => new StreamItemMessage(one.Pick((string[])["s0", "s", "1", "x"]), one.Chance(2) ? one.Number() : ChunkOf(one)),
            2 => new CompletionMessage(id, one.Chance(2) ? "failed" : null, null, false),
            3 => new CancelInvocationMessage(id),
            4 => new CloseMessage(one.AnyText(20), one.Chance(2)),
            5 => new SequenceMessage(one.Number()),
            6 => new AckMessage(one.Number()),
            7 or 8 => new StreamInvocationMessage(id, hub == Routes.SessionHub ? nameof(ISessionHub.Follow) : one.Pick((string[])[nameof(IAgentHub.Register), nameof(IAgentHub.Attach)]), ArgumentsOf(one, session), streams),
            _ => new InvocationMessage(one.Chance(4) ? null : id, MethodOf(one, hub), ArgumentsOf(one, session), streams),
        };
        try
        {
            return protocol.GetMessageBytes(message).ToArray();
        }
        catch (Exception unsaid) when (unsaid is InvalidDataException or InvalidOperationException or ArgumentException or EncoderFallbackException or System.Text.Json.JsonException or MessagePack.MessagePackSerializationException)
        {
            // The protocol can't say it at all.
            return one.Bytes(200);
        }
    }

    private static string MethodOf(FuzzCase one, string hub) => one.Chance(10) ? $"{one.Pick((string[])["", "Follow"])}{one.AnyText(20)}x" : one.Pick(hub == Routes.SessionHub
        ? (string[])[nameof(ISessionHub.EnterCommand), nameof(ISessionHub.Break), nameof(ISessionHub.PressKey), nameof(ISessionHub.Follow)]
        : [nameof(IAgentHub.Answer), nameof(IAgentHub.ReportSpool), nameof(IAgentHub.FindTerminated), nameof(IAgentHub.Attach)]);

    private static object?[] ArgumentsOf(FuzzCase one, string session)
    {
        var id = one.Chance(3) ? one.AnyText(30) : session;
        // Nothing here ends the honest session or runs anything in its debugger that lasts.
        object?[] arguments = one.Next(10) switch
        {
            0 => [new FollowRequest(id, one.Number(), one.Number(), one.Chance(2), one.Chance(2) ? null : new ViewerPlace(one.AnyText(80), one.AnyText(80)), one.Chance(2))],
            1 => [id, new EnterCommandRequest(one.Chance(2) ? one.AnyText(100) : "print 1")],
            2 => [id, new BreakRequest(one.AnyText(40))],
            3 => [id, new PressKeyRequest(one.AnyText(10), one.AnyText(3))],
            4 => [new AgentRegistration(one.AnyText(100), one.AnyText(40), [.. Enumerable.Range(0, one.Next(200)).Select(_ => one.AnyText(10))])],
            5 => [new AgentAnswer(one.AnyText(10), one.Chance(2), one.AnyText(10), one.Chance(2), one.AnyText(5), null)],
            6 => [new AttachRequest(id, (int)one.Number(), one.AnyText(30), one.AnyText(30), one.Number())],
            7 => [new SpoolReport(id, (int)one.Number(), (SpoolState)one.Next(10), one.Number(), one.Number())],
            8 => [Enumerable.Range(0, one.Next(2_000)).Select(_ => one.Chance(9) ? session : one.AnyText(5)).ToArray()],
            _ => [one.Number(), null, one.AnyText(9), one.Bytes(30), new object?[] { new object?[] { null } }],
        };
        return one.Chance(8) ? [.. arguments, .. arguments] : one.Chance(10) ? [] : arguments;
    }

    private static AgentChunk ChunkOf(FuzzCase one) =>
        new() { Number = one.Number(), Kind = (AgentChunkKind)one.Next(20), Data = one.Bytes(300), Text = one.AnyText(20), CommandId = one.AnyText(5), ExitCode = (int)one.Number(), Bytes = one.Number() };

    /// <summary>What a socket says after either side has left it, which depends on what it was doing then (a disposed one is an <see cref="InvalidOperationException"/>).</summary>
    private static bool IsCut(Exception exception) =>
        !Cancellation.IsCancellationRequested && exception is (WebSocketException or IOException or InvalidOperationException or OperationCanceledException);

    private static async Task ReadAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType is not WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (IsCut(gone))
        {
            // It hung up, or the case is over.
        }
    }
}
