using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>A real server with low limits: one user, one address can't take it from the others.</summary>
public sealed class CallLimitTests : IAsyncLifetime
{
    private const int Commands = 5;
    private const int Follows = 5;
    private const int Requests = 40;
    private const int BadTokens = 6;
    private const int Connections = 20;

    private readonly HttpClient http = new();
    private ServerProcesses servers = null!;
    private Uri address = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync(environment =>
        {
            environment["OrleansKd__Edge__CommandsPerMinute"] = $"{Commands}";
            environment["OrleansKd__Edge__FollowsPerMinute"] = $"{Follows}";
            environment["OrleansKd__Edge__RequestsPerMinute"] = $"{Requests}";
            environment["OrleansKd__Edge__BadTokensPerMinute"] = $"{BadTokens}";
            environment["OrleansKd__Edge__ConnectionsPerAddress"] = $"{Connections}";
        });
        address = (await servers.StartServerAsync("all")).Address;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await servers.DisposeAsync();
    }

    [Fact]
    public async Task Commands_WhenTheyComeTooOften_AreRefusedToTheirUserAlone_OverBothWays()
    {
        var session = SessionId.New().ToString();
        var host = await TokenAsync("host");
        var (code, wait) = await RefusedAfterAsync(Commands, ProblemCodes.SessionNotFound, () => CodeAsync(HttpMethod.Post, Routes.For(Routes.Commands, session), host, new EnterCommandRequest("bt")));
        Assert.Equal(ProblemCodes.TooManyRequests, code);
        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        await using var connection = await ConnectAsync(host);
        (code, _) = await RefusedAfterAsync(Commands, ProblemCodes.SessionNotFound, async () => (await RefusalAsync(
            () => connection.InvokeAsync<EnterCommandResponse>(nameof(ISessionHub.EnterCommand), session, new EnterCommandRequest("bt"), Cancellation)), null));
        Assert.Equal(ProblemCodes.TooManyRequests, code);
        // Break is never refused for that.
        var broken = await Assert.ThrowsAsync<HubException>(() => connection.InvokeAsync(nameof(ISessionHub.Break), session, new BreakRequest("b"), Cancellation));
        Assert.Contains(ProblemCodes.SessionNotFound, broken.Message, StringComparison.Ordinal);

        Assert.Equal(ProblemCodes.SessionNotFound, (await CodeAsync(HttpMethod.Post, Routes.For(Routes.Commands, session), await TokenAsync("client"), new EnterCommandRequest("bt"))).Code);
    }

    /// <summary>Also those that end at once count: each one asks the cluster.</summary>
    [Fact]
    public async Task Follows_WhenTheyBeginTooOften_AreRefusedToTheirUserAlone_OverBothWays()
    {
        var session = SessionId.New().ToString();
        var host = await TokenAsync("host");
        var (code, wait) = await RefusedAfterAsync(Follows, ProblemCodes.SessionNotFound, () => CodeAsync(HttpMethod.Get, Routes.For(Routes.TranscriptFollow, session), host));
        Assert.Equal(ProblemCodes.TooManyRequests, code);
        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        await using var connection = await ConnectAsync(host);
        (code, _) = await RefusedAfterAsync(Follows, ProblemCodes.SessionNotFound, async () => (await RefusalAsync(() => FollowAsync(connection, session)), null));
        Assert.Equal(ProblemCodes.TooManyRequests, code);

        await using var other = await ConnectAsync(await TokenAsync("client"));
        Assert.Equal(ProblemCodes.SessionNotFound, await RefusalAsync(() => FollowAsync(other, session)));
    }

    [Fact]
    public async Task Requests_WhenOneUserSendsTooMany_AreRefusedToThemAlone()
    {
        var (greedy, other) = (await TokenAsync("host"), await TokenAsync("client"));
        var codes = new List<string?>();
        for (var i = 0; i < Requests + 5; i++)
            codes.Add((await CodeAsync(HttpMethod.Get, Routes.Permissions, greedy)).Code);

        Assert.All(codes.Take(Requests), code => Assert.Null(code));
        Assert.Contains(ProblemCodes.TooManyRequests, codes);
        var session = SessionId.New().ToString();
        Assert.Equal(ProblemCodes.SessionNotFound, (await CodeAsync(HttpMethod.Post, Routes.For(Routes.Break, session), greedy, new BreakRequest("b"))).Code);
        Assert.Equal(ProblemCodes.SessionNotFound, (await CodeAsync(HttpMethod.Post, Routes.For(Routes.Keys, session), greedy, new PressKeyRequest("k", "b"))).Code);
        Assert.Null((await CodeAsync(HttpMethod.Get, Routes.Permissions, other)).Code);
    }

    [Fact]
    public async Task Tokens_WhenOneAddressTriesTooManyBadOnes_HaveToWait_AndGoodOnesDoNot()
    {
        var guess = 0;
        Assert.Equal(ProblemCodes.TooManyRequests, (await RefusedAfterAsync(BadTokens, ProblemCodes.NotSignedIn, () => CodeAsync(HttpMethod.Get, Routes.Me, $"guess-{guess++}"))).Code);

        // Somebody else behind the same address is not shut out.
        Assert.Null((await CodeAsync(HttpMethod.Get, Routes.Me, await TokenAsync("host"))).Code);
        // Also where nothing is to be had: health answers.
        using var health = await http.GetAsync(new Uri(address, Routes.Health), Cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Connections_WhenOneAddressHoldsItsShare_AreClosedUnread_AndOneThatGoesMakesRoom()
    {
        List<TcpClient> held = [];
        try
        {
            // The client that waited for the server's start may still hold some.
            while (held.Count < Connections && await StaysOpenAsync(held))
            {
            }
            Assert.False(await StaysOpenAsync(held));
            foreach (var connection in held)
                connection.Dispose();
            held.Clear();

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(20));
            while (!await StaysOpenAsync(held))
                await Task.Yield();
            limit.Token.ThrowIfCancellationRequested();
        }
        finally
        {
            foreach (var connection in held)
                connection.Dispose();
        }
    }

    /// <summary>The first other answer, which comes after the limit; on a slow machine some of it has come back by then.</summary>
    private static async Task<(string? Code, TimeSpan? Wait)> RefusedAfterAsync(int limit, string before, Func<Task<(string? Code, TimeSpan? Wait)>> ask)
    {
        for (var i = 0; i < 3 * limit; i++)
        {
            var answer = await ask();
            if (answer.Code != before)
            {
                Assert.True(i >= limit, $"{answer.Code} after {i}");
                return answer;
            }
        }
        return (before, null);
    }

    /// <summary>Opens a connection and asks for health on it, which is answered or not.</summary>
    private async Task<bool> StaysOpenAsync(List<TcpClient> held)
    {
        var connection = new TcpClient();
        held.Add(connection);
        try
        {
            await connection.ConnectAsync(IPAddress.Loopback, address.Port, Cancellation);
            var stream = connection.GetStream();
            await stream.WriteAsync("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray(), Cancellation);
            return await stream.ReadAsync(new byte[1], Cancellation) == 1;
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            return false;
        }
    }

    private static async Task FollowAsync(HubConnection connection, string session)
    {
        var nothing = System.Threading.Channels.Channel.CreateUnbounded<long>().Reader;
        await foreach (var _ in connection.StreamAsync<TranscriptPage>(nameof(ISessionHub.Follow), new FollowRequest(session, 0, 0, false), nothing, Cancellation))
        {
        }
    }

    private Task<string> TokenAsync(string name) => servers.TokenAsync(new { Email = name == "host" ? "host@contoso.example" : "client@fabrikam.example", Name = name });

    private async Task<(string? Code, TimeSpan? Wait)> CodeAsync(HttpMethod method, string path, string token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Headers.Authorization = new("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: WireJson.Options);
        using var answer = await http.SendAsync(request, Cancellation);
        var code = answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString();
        return (code, answer.Headers.RetryAfter?.Delta);
    }

    private async Task<HubConnection> ConnectAsync(string token)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(address, Routes.SessionHub), HttpTransportType.WebSockets, options =>
            {
                options.SkipNegotiation = true;
                options.AccessTokenProvider = () => Task.FromResult<string?>(token);
            })
            .AddMessagePackProtocol()
            .Build();
        await connection.StartAsync(Cancellation);
        return connection;
    }

    private static async Task<string> RefusalAsync(Func<Task> ask)
    {
        var refusal = await Assert.ThrowsAsync<HubException>(ask);
        return ProblemCodes.All.Single(code => refusal.Message.Contains(code, StringComparison.Ordinal));
    }
}
