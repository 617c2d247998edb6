using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Silo.Agents;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Relay;
using OrleansKd.Silo.Sessions;
using OrleansKd.Silo.Users;

namespace OrleansKd.Silo.Hosting;

/// <summary>The edge: REST, hubs, relays.</summary>
internal static class EdgeHosting
{
    /// <summary>Bytes of one hub message: a page or a window of chunks, with framing.</summary>
    private const int MessageBytes = 256 * 1024;

    /// <summary>Bytes of a request's body: the longest description, arguments and addresses fit many times.</summary>
    private const int RequestBytes = 256 * 1024;

    /// <summary>Hub calls of one connection at once, streams not counted.</summary>
    private const int ParallelCalls = 8;

    public static void AddOrleansKdEdge(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<TranscriptLog>();
        services.AddSingleton<SessionRelays>();
        services.AddSingleton<OpenFollows>();
        services.AddOptions<EdgeOptions>().BindConfiguration("OrleansKd:Edge").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        services.AddSingleton<MemoryBudget>();
        services.AddHostedService(provider => provider.GetRequiredService<MemoryBudget>());
        services.AddHealthChecks().AddCheck<MemoryHealthCheck>("memory");
        services.AddProblemDetails();
        services.AddFindLimits();
        // What can't be bound says why (see RequestProblems).
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            WireJson.Configure(options.SerializerOptions);
            // A field that is misspelt, or that only a newer server knows, must not be taken for one that was left out.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOrleansKdOpenApi();
        services.AddSignalR(options =>
        {
            options.MaximumReceiveMessageSize = MessageBytes;
            options.MaximumParallelInvocationsPerClient = ParallelCalls;
            options.KeepAliveInterval = HubTimings.KeepAlive;
            options.ClientTimeoutInterval = HubTimings.Silence;
        }).AddJsonProtocol(options => WireJson.Configure(options.PayloadSerializerOptions)).AddMessagePackProtocol();
        // A browser's client says every 15 seconds that it is there: within the same silence.
        services.Configure<HubOptions<SessionHub>>(options =>
            (options.KeepAliveInterval, options.ClientTimeoutInterval) = (HubTimings.ViewerKeepAlive, HubTimings.ViewerSilence));
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(options =>
        {
            options.Limits.MaxRequestBodySize = RequestBytes;
            options.AddServerHeader = false;
        });
        // Open hubs and long polls end by themselves; nothing is worth waiting longer for.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public static void UseOrleansKdEdge(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => Problems.Http(Problems.OfStatus(StatusCodes.Status500InternalServerError)).ExecuteAsync(context) });
        app.UseStatusCodePages(context => Problems.Http(Problems.OfStatus(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext));
        app.UseMiddleware<RequestProblems>();
        app.Use(RefuseWhileStopping(app.Lifetime));
        app.UseMiddleware<EdgeGate>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<CallerMiddleware>();
        // After the caller is known: everybody has a limit of their own.
        app.UseRateLimiter();
    }

    public static void MapSessionHub(this IEndpointRouteBuilder routes) =>
        routes.MapHub<SessionHub>(Routes.SessionHub, WebSocketsOnly).WithMetadata(new EdgeDemand(HoldsMemory: true));

    public static void MapAgentHub(this IEndpointRouteBuilder routes) =>
        routes.MapHub<AgentHub>(Routes.AgentHub, WebSocketsOnly).WithMetadata(new EdgeDemand(HoldsMemory: true));

    /// <summary>
    /// Whoever was just sent away comes back at once, and the port listens until the last request has ended: nobody new is let in,
    /// or an agent in a flood would hold up the stop until the host's limit.
    /// </summary>
    private static Func<HttpContext, RequestDelegate, Task> RefuseWhileStopping(IHostApplicationLifetime lifetime) => (context, next) =>
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
            return next(context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    };

    /// <summary>No negotiation, so no sticky sessions: any edge behind a load balancer can take any connection.</summary>
    private static void WebSocketsOnly(HttpConnectionDispatcherOptions options)
    {
        options.Transports = HttpTransportType.WebSockets;
        options.CloseOnAuthenticationExpiration = true;
    }
}
