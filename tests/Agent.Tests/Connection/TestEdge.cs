using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>A real SignalR server on a port of its own that keeps what agents send, and does what a test tells it.</summary>
internal sealed class TestEdge : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, HubCallerContext> connections = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<AgentAnswer>> answers = new();
    private readonly Channel<AgentRequest> requests = Channel.CreateUnbounded<AgentRequest>();

    private TestEdge(WebApplication application) => this.application = application;

    public ConcurrentDictionary<string, TestSession> Sessions { get; } = new();

    public ConcurrentQueue<AgentRegistration> Registrations { get; } = new();

    public ConcurrentQueue<string> Tokens { get; } = new();

    public ConcurrentQueue<AttachRequest> Attaches { get; } = new();

    public ConcurrentQueue<SpoolReport> SpoolReports { get; } = new();

    /// <summary>What agents are told instead of being attached, by session and run.</summary>
    public ConcurrentDictionary<(string Session, int Run), string> Refused { get; } = new();

    /// <summary>Sessions that are terminated.</summary>
    public ConcurrentDictionary<string, bool> Terminated { get; } = new();

    /// <summary>What the list of the user's sessions is; null: the server is not available.</summary>
    public SessionSummary[]? Listed { get; set; } = [];

    /// <summary>How often that list was asked for.</summary>
    public int Lists;

    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<TestEdge> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSignalR().AddMessagePackProtocol();
        TestEdge? edge = null;
        builder.Services.AddSingleton(_ => edge!);
        var application = builder.Build();
        edge = new TestEdge(application);
        application.MapHub<Hub>(Routes.AgentHub);
        application.MapGet(Routes.Sessions, edge.List);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return edge;
    }

    /// <summary>A session that knows this run; each run is a stream of its own.</summary>
    public TestSession Create(string id, int run = 1) => Sessions[KeyOf(id, run)] = new TestSession();

    public async Task<AgentAnswer> RequestAsync(string session, string arguments, string debugger = "gdb", int run = 1, SpoolFullAction whenSpoolFull = SpoolFullAction.Hold)
    {
        var request = new AgentRequest(Guid.NewGuid().ToString(), session, run, debugger, arguments, TimeSpan.FromSeconds(15), whenSpoolFull, OnlyThroughServer: run > 1);
        var answer = answers[request.RequestId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await requests.Writer.WriteAsync(request);
        return await answer.Task.WaitAsync(Eventually.Limit);
    }

    /// <summary>Cuts every connection, as a crash of the server would.</summary>
    public void Cut()
    {
        foreach (var connection in connections.Values)
            connection.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        foreach (var session in Sessions.Values)
            session.Down.Writer.TryComplete();
        requests.Writer.TryComplete();
        await application.DisposeAsync();
    }

    private static string KeyOf(string session, int run) => run == 1 ? session : $"{session}/{run}";

    private IResult List()
    {
        var listed = Listed;
        Interlocked.Increment(ref Lists);
        return listed is null ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Json(listed, WireJson.Options);
    }

    private sealed class Hub(TestEdge edge) : Microsoft.AspNetCore.SignalR.Hub
    {
        public override Task OnConnectedAsync()
        {
            edge.connections[Context.ConnectionId] = Context;
            edge.Tokens.Enqueue(Context.GetHttpContext()!.Request.Headers.Authorization.ToString());
            return Task.CompletedTask;
        }

        public override Task OnDisconnectedAsync(Exception? exception)
        {
            edge.connections.TryRemove(Context.ConnectionId, out _);
            return Task.CompletedTask;
        }

        public IAsyncEnumerable<AgentRequest> Register(AgentRegistration registration, CancellationToken cancellationToken)
        {
            edge.Registrations.Enqueue(registration);
            return edge.requests.Reader.ReadAllAsync(cancellationToken);
        }

        public Task Answer(AgentAnswer answer)
        {
            edge.answers[answer.RequestId].TrySetResult(answer);
            return Task.CompletedTask;
        }

        public Task ReportSpool(SpoolReport report)
        {
            edge.SpoolReports.Enqueue(report);
            return Task.CompletedTask;
        }

        public string[] FindTerminated(string[] sessionIds) => [.. sessionIds.Where(edge.Terminated.ContainsKey)];

        public IAsyncEnumerable<AgentDown> Attach(AttachRequest request, IAsyncEnumerable<AgentChunk> chunks, CancellationToken cancellationToken)
        {
            edge.Attaches.Enqueue(request);
            if (edge.Refused.TryGetValue((request.SessionId, request.Run), out var code))
                throw new HubException(ProblemText.Format(code, "Refused by the test."));
            if (!edge.Sessions.TryGetValue(KeyOf(request.SessionId, request.Run), out var session))
                throw new HubException(ProblemText.Format(ProblemCodes.SessionNotFound, "There is no such session."));
            return session.AttachAsync(request, chunks, cancellationToken);
        }
    }
}
