using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>A session of an agent that is played, with somebody whose right is to end, and a client who goes on watching.</summary>
internal sealed class StreamStage : IAsyncDisposable
{
    /// <summary>Until all streams are open, on a busy machine.</summary>
    private const int ShortLifeSeconds = 15;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly EdgeFixture edge;
    private readonly RightsEnd way;
    private readonly string name;
    private readonly List<WatchedStream> streams = [];
    private readonly List<IAsyncDisposable> opened = [];
    private string admin = "";
    private string host = "";
    private string token = "";
    private string session = "";

    private StreamStage(EdgeFixture edge, RightsEnd way)
    {
        (this.edge, this.way) = (edge, way);
        name = way.Name.Replace(' ', '-').Replace('\'', '-');
    }

    public static IReadOnlyList<string> Kinds { get; } = ["hub", "hub, durable only", "ndjson", "poll", "feed", "agent, register", "agent, attach"];

    /// <summary>Of whom it concerns; those of the agent come last, whoever it concerns.</summary>
    public IReadOnlyList<WatchedStream> Streams => streams;

    public WatchedStream Other { get; private set; } = null!;

    public PlayedAgent Agent { get; private set; } = null!;

    /// <summary>Whom it concerns.</summary>
    public string Email => way.Whose is RightOf.Viewer ? $"{name}@contoso.example" : HostEmail;

    /// <summary>When the short token is over.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    private string HostEmail => $"{name}-host@contoso.example";

    private string OtherEmail => $"{name}-other@elsewhere.example";

    private string Computer => $"{name}-computer";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StreamStage> OpenAsync(EdgeFixture edge, RightsEnd way)
    {
        var stage = new StreamStage(edge, way);
        try
        {
            await stage.OpenAsync();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async Task TakeAwayAsync(params Permission[] permissions) => await DoAsync(HttpMethod.Post, Routes.RevokePermissions, admin, new DecidePermissionsRequest(Email, permissions));

    public Task RevokeAsync() => DoAsync(HttpMethod.Delete, Routes.ForInvitation(session, Email), host);

    public Task LeaveAsync() => DoAsync(HttpMethod.Post, Routes.For(Routes.Leave, session), token);

    public async Task DeleteAsync()
    {
        await DoAsync(HttpMethod.Post, Routes.For(Routes.Terminate, session), host, new TerminateSessionRequest(TargetFate.LetRun));
        Agent.Leave();
        await Other.UntilAsync(entry => entry.Kind is TranscriptEntryKind.RunExited, StreamEndTests.Limit);
        await DoAsync(HttpMethod.Post, Routes.For(Routes.Delete, session), host);
    }

    public async Task RebindAsync()
    {
        await DoAsync(HttpMethod.Post, Routes.RebindAccount, admin, new AdministratorRequest(Email, "moved"));
        var another = await edge.Servers.TokenAsync(new { Email, Name = name, Subject = "another" });
        await DoAsync(HttpMethod.Get, Routes.Me, another);
        if (way.Whose is RightOf.Host)
            host = another;
    }

    public async Task ExpireAsync()
    {
        using var timer = new PeriodicTimer(Poll);
        while (TimeProvider.System.GetUtcNow() < ExpiresAt)
            await timer.WaitForNextTickAsync(Cancellation);
    }

    /// <summary>The agent comes again, with a token that is good, when its connection was closed; then it prints what everybody gets who may.</summary>
    public async Task PrintAfterAsync(string text)
    {
        if (Agent.Attach!.Ended.IsCompleted)
        {
            Agent = await AgentAsync(host);
            await Agent.AttachAsync(session);
        }
        Agent.Print(text);
    }

    /// <summary>What new requests of whom it concerns are told of the session, and of hosting another one.</summary>
    public async Task<(string? Session, string? Hosting)> AskAsync() => (
        await CodeAsync(HttpMethod.Get, Routes.For(Routes.Session, session), token),
        await CodeAsync(HttpMethod.Post, Routes.Sessions, token, NewSession));

    public async ValueTask DisposeAsync()
    {
        foreach (var item in Enumerable.Reverse(opened))
            await item.DisposeAsync();
    }

    private HostSessionRequest NewSession => new(Computer, "/usr/bin/played", "", name, "");

    private async Task OpenAsync()
    {
        admin = await edge.HostToken();
        host = await edge.Servers.TokenAsync(new { Email = HostEmail, Name = "Host" });
        await PermitAsync(host, HostEmail, Permission.Host, Permission.Join);
        var other = await edge.Servers.TokenAsync(new { Email = OtherEmail, Name = "Other" });
        await DoAsync(HttpMethod.Get, Routes.Me, other);
        var viewer = await edge.Servers.TokenAsync(new { Email = $"{name}@contoso.example", Name = name });
        if (way.Whose is RightOf.Viewer)
            await PermitAsync(viewer, Email, Permission.Join);
        token = way.Whose is RightOf.Viewer ? viewer : host;
        var agentToken = host;
        if (way.TokenExpires)
        {
            ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(ShortLifeSeconds);
            var shortOne = await edge.Servers.TokenAsync(new { Email, Name = name, LifetimeSeconds = ShortLifeSeconds });
            (token, agentToken) = way.Whose is RightOf.Agent ? (token, shortOne) : (shortOne, agentToken);
        }
        Agent = await AgentAsync(agentToken);
        session = await HostAsync();
        await Agent.AttachAsync(session);
        Agent.Prompt();
        await DoAsync(HttpMethod.Post, Routes.For(Routes.Invitations, session), host, new InviteRequest(way.Whose is RightOf.Viewer ? [OtherEmail, Email] : [OtherEmail]));
        Other = Keep(HubStreams.Follow(await ConnectAsync(Routes.SessionHub, other), session, durableOnly: false));
        foreach (var (kind, end) in Kinds.Zip(way.Ends.Split(' ')))
        {
            if (end != RightsEnd.NotOpen)
                streams.Add(await OpenStreamAsync(kind));
        }
    }

    private async Task<WatchedStream> OpenStreamAsync(string kind) => kind switch
    {
        "hub" => Keep(HubStreams.Follow(await ConnectAsync(Routes.SessionHub, token), session, durableOnly: false)),
        "hub, durable only" => Keep(HubStreams.Follow(await ConnectAsync(Routes.SessionHub, token), session, durableOnly: true)),
        "ndjson" => Keep(HttpStreams.Ndjson(edge, token, session)),
        "poll" => Keep(HttpStreams.Poll(edge, token, session)),
        "feed" => Keep(HttpStreams.Feed(edge, token, session)),
        "agent, register" => Agent.Register,
        _ => Agent.Attach!,
    };

    private async Task<PlayedAgent> AgentAsync(string agentToken) => Keep(new PlayedAgent(await ConnectAsync(Routes.AgentHub, agentToken), Computer));

    private async Task<string> HostAsync()
    {
        using var timer = new PeriodicTimer(Poll);
        while (true)
        {
            using var answer = await edge.SendAsync(HttpMethod.Post, Routes.Sessions, host, NewSession);
            if (answer.StatusCode is HttpStatusCode.Created)
                return (await answer.Content.ReadFromJsonAsync<SessionSummary>(WireJson.Options, Cancellation))!.Id;
            // The agent's registration is on its way.
            Assert.Contains(ProblemCodes.ComputerNotFound, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    private async Task PermitAsync(string whose, string email, params Permission[] permissions)
    {
        await DoAsync(HttpMethod.Get, Routes.Me, whose);
        await DoAsync(HttpMethod.Post, Routes.Permissions, whose, new RequestPermissionsRequest(permissions));
        await DoAsync(HttpMethod.Post, Routes.ApprovePermissions, admin, new DecidePermissionsRequest(email, permissions));
    }

    private async Task<HubConnection> ConnectAsync(string hub, string whose)
    {
        var connection = Keep(new HubConnectionBuilder()
            .WithUrl(new Uri(edge.Address, hub), HttpTransportType.WebSockets, options =>
            {
                options.SkipNegotiation = true;
                options.AccessTokenProvider = () => Task.FromResult<string?>(whose);
            })
            .WithKeepAliveInterval(HubTimings.KeepAlive)
            .WithServerTimeout(HubTimings.ViewerSilence)
            .AddMessagePackProtocol()
            .Build());
        await connection.StartAsync(Cancellation);
        return connection;
    }

    private async Task DoAsync(HttpMethod method, string path, string whose, object? body = null)
    {
        using var answer = await edge.SendAsync(method, path, whose, body);
        Assert.True(answer.IsSuccessStatusCode, $"{way.Name}: {method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    private async Task<string?> CodeAsync(HttpMethod method, string path, string whose, object? body = null)
    {
        using var answer = await edge.SendAsync(method, path, whose, body);
        return answer.IsSuccessStatusCode ? null : await HttpStreams.CodeAsync(answer, Cancellation);
    }

    private T Keep<T>(T item) where T : IAsyncDisposable
    {
        opened.Add(item);
        return item;
    }
}
