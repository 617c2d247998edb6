using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>One connection to the agents' hub, from its start to its end: <see cref="IAgentHub"/> as its caller sees it.</summary>
internal sealed class AgentLink : IAgentHub, IAsyncDisposable
{
    private readonly HubConnection connection;
    private readonly CancellationTokenSource closed = new();

    private AgentLink(HubConnection connection)
    {
        this.connection = connection;
        connection.Closed += _ =>
        {
            closed.Cancel();
            return Task.CompletedTask;
        };
        Closed = closed.Token;
    }

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Closed { get; }

    public static async Task<AgentLink> ConnectAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        var address = new Uri(options.Server.AbsoluteUri.TrimEnd('/') + Routes.AgentHub);
        var connection = new HubConnectionBuilder()
            .WithUrl(address, http =>
            {
                // No negotiation: any server behind the load balancer will do.
                http.Transports = HttpTransportType.WebSockets;
                http.SkipNegotiation = true;
                http.AccessTokenProvider = () => options.Token(cancellationToken);
            })
            .WithKeepAliveInterval(HubTimings.KeepAlive)
            .WithServerTimeout(HubTimings.Silence)
            .AddMessagePackProtocol()
            .Build();
        var link = new AgentLink(connection);
        try
        {
            await connection.StartAsync(cancellationToken);
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    public IAsyncEnumerable<AgentRequest> Register(AgentRegistration registration, CancellationToken cancellationToken) =>
        connection.StreamAsync<AgentRequest>(nameof(Register), registration, cancellationToken);

    public Task Answer(AgentAnswer answer) => connection.InvokeAsync(nameof(Answer), answer, Closed);

    public Task<string[]> FindTerminated(string[] sessionIds) => connection.InvokeAsync<string[]>(nameof(FindTerminated), sessionIds, Closed);

    public IAsyncEnumerable<AgentDown> Attach(AttachRequest request, IAsyncEnumerable<AgentChunk> chunks, CancellationToken cancellationToken) =>
        connection.StreamAsync<AgentDown>(nameof(Attach), request, chunks, cancellationToken);

    public Task ReportSpool(SpoolReport report) => connection.InvokeAsync(nameof(ReportSpool), report, Closed);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await closed.CancelAsync();
        closed.Dispose();
    }
}
