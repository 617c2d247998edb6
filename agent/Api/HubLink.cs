using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>One connection to the session hub: WebSockets without negotiation, MessagePack, started when it is needed.</summary>
internal sealed class HubLink : IAsyncDisposable
{
    private readonly Uri server;
    private readonly IAccessTokens tokens;
    private readonly HubConnection connection;
    private readonly SemaphoreSlim starting = new(1, 1);
    private string? lastToken;

    public HubLink(Uri server, IAccessTokens tokens)
    {
        (this.server, this.tokens) = (server, tokens);
        connection = new HubConnectionBuilder()
            .WithUrl(new Uri(server, Routes.SessionHub), HttpTransportType.WebSockets, options =>
            {
                options.SkipNegotiation = true;
                options.AccessTokenProvider = async () => lastToken = await tokens.GetAccessTokenAsync(CancellationToken.None);
            })
            .WithKeepAliveInterval(HubTimings.ViewerKeepAlive)
            .WithServerTimeout(HubTimings.ViewerSilence)
            .AddMessagePackProtocol()
            .Build();
    }

    public bool IsConnected => connection.State == HubConnectionState.Connected;

    public async Task<IAsyncEnumerable<TranscriptPage>> FollowAsync(FollowRequest request, ChannelReader<long> acknowledged, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        return connection.StreamAsync<TranscriptPage>(nameof(ISessionHub.Follow), request, acknowledged.ReadAllAsync(CancellationToken.None), cancellationToken);
    }

    public async Task<T> InvokeAsync<T>(string method, object?[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cancellationToken);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw Explain(problem);
        }
        try
        {
            return await connection.InvokeCoreAsync<T>(method, arguments, cancellationToken);
        }
        catch (HubException problem)
        {
            throw Explain(problem);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(
                ProblemException.OutcomeUnknown,
                $"The connection to {server} was lost while this was on its way. Look in the transcript whether it arrived before you do it again.",
                problem);
        }
    }

    /// <summary>The problem came from this side (no sign-in on this computer), not from the server.</summary>
    public static bool IsLocal(Exception problem) => Local(problem) is not null;

    /// <summary>A code and a sentence for whatever went wrong.</summary>
    public ProblemException Explain(Exception problem)
    {
        if (Local(problem) is { } already)
            return already;
        switch (problem)
        {
            case HubException when ProblemText.TryParse(problem.Message, out var code, out var message):
                return new ProblemException(code, message, problem);
            case HubException:
                return new ProblemException(ProblemCodes.Unavailable, $"{server} could not serve the session ({VisibleText.From(problem.Message)}).", problem);
        }
        if (IsUnauthorized(problem))
        {
            if (lastToken is { } refused)
                tokens.Forget(refused);
            return new ProblemException(ProblemCodes.NotSignedIn, $"not signed in: {server} does not accept the sign-in. Sign in again.", problem);
        }
        return ServerProblems.Unreachable(server, problem);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        starting.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsConnected)
            return;
        await starting.WaitAsync(cancellationToken);
        try
        {
            if (connection.State == HubConnectionState.Disconnected)
                await connection.StartAsync(cancellationToken);
        }
        finally
        {
            starting.Release();
        }
    }

    private static ProblemException? Local(Exception? problem) => problem as ProblemException ?? (problem is null ? null : Local(problem.InnerException));

    /// <summary>The handshake's status reaches us only inside the exceptions of the layers below.</summary>
    private static bool IsUnauthorized(Exception problem)
    {
        for (var layer = problem; layer is not null; layer = layer.InnerException)
        {
            if (layer is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized })
                return true;
            if (layer is WebSocketException && layer.Message.Contains("'401'", StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
