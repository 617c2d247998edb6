using System.Security.Cryptography;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks.Connections;

/// <summary>What the connections of a flood do. Each says with one word how it ended.</summary>
/// <param name="RunAsync">What one connection does, with a token that is good.</param>
internal sealed record FloodKind(string Name, Func<RawConnection, string, CancellationToken, Task<string>> RunAsync)
{
    public const string Closed = "closed";

    /// <summary>More than a request's head may have (Kestrel's 32 KB), and than a hub's message (256 KB).</summary>
    private const int LongHead = 40 * 1024;
    private const int LongMessage = 300 * 1024;

    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(10);

    /// <summary>Those who connect and stay.</summary>
    public static IReadOnlyList<FloodKind> Idle { get; } = [new("signed_in", StayAsync), new("silent", SayNothingAsync)];

    public static IReadOnlyList<FloodKind> Silent { get; } = [new("silent", SayNothingAsync)];

    /// <summary>Those who come again and again.</summary>
    public static IReadOnlyList<FloodKind> Hostile { get; } =
    [
        new("garbage", async (connection, _, stop) =>
        {
            await connection.SendAsync(RandomNumberGenerator.GetBytes(500), stop);
            await connection.SendAsync("\r\n\r\n", stop);
            return await StatusAsync(connection, stop);
        }),
        new("half", async (connection, token, stop) =>
        {
            await connection.SendAsync(connection.Head(Routes.Me, token, "X-Slow: "), stop);
            return await StatusAsync(connection, stop);
        }),
        new("token", async (connection, token, stop) =>
        {
            // As costly to refuse as can be: all of it is right but the signature's end.
            await connection.SendAsync(connection.Head(Routes.Me, $"{token[..^4]}AAAA", "\r\n"), stop);
            return await StatusAsync(connection, stop);
        }),
        new("headers", async (connection, token, stop) =>
        {
            await connection.SendAsync(connection.Head(Routes.Me, token, $"X-Long: {new string('x', LongHead)}\r\n\r\n"), stop);
            return await StatusAsync(connection, stop);
        }),
        new("frame", async (connection, token, stop) =>
        {
            if (!await connection.OpenHubAsync(Routes.SessionHub, token, stop))
                return "refused";
            await connection.SendFrameAsync(new byte[LongMessage], stop);
            await connection.UntilClosedAsync(stop);
            return Closed;
        }),
        new("storm", (_, _, _) => Task.FromResult("left")),
    ];

    private static async Task<string> StatusAsync(RawConnection connection, CancellationToken stop) =>
        await connection.ReadStatusAsync(stop) is > 0 and var status ? $"{status}" : Closed;

    private static async Task<string> SayNothingAsync(RawConnection connection, string token, CancellationToken stop)
    {
        await connection.UntilClosedAsync(stop);
        return Closed;
    }

    /// <summary>Says that it is there, and nothing else.</summary>
    private static async Task<string> StayAsync(RawConnection connection, string token, CancellationToken stop)
    {
        if (!await connection.OpenHubAsync(Routes.SessionHub, token, stop))
            return Closed;
        var closed = connection.UntilClosedAsync(stop);
        using var timer = new PeriodicTimer(Ping);
        while (await Task.WhenAny(closed, timer.WaitForNextTickAsync(stop).AsTask()) != closed)
            await connection.SendFrameAsync("""{"type":6}"""u8.ToArray(), stop);
        return Closed;
    }
}
