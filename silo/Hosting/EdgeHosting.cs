using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Silo.Agents;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Relay;
using OrleansKd.Silo.Sessions;
using OrleansKd.Silo.Users;
using WebSocketOptions = Microsoft.AspNetCore.Builder.WebSocketOptions;

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
        services.AddSingleton<OpenSignIns>();
        services.AddSingleton<UserFeed>();
        services.AddOptions<EdgeOptions>().BindConfiguration("OrleansKd:Edge").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeExposureValidator>();
        services.AddSingleton<MemoryBudget>();
        services.AddHostedService(provider => provider.GetRequiredService<MemoryBudget>());
        services.AddHealthChecks().AddCheck<MemoryHealthCheck>("memory");
        services.AddProblemDetails();
        CallLimits.AddTo(services);
        services.AddSingleton<ConnectionLimits>();
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
            options.AddFilter(new WholeArguments());
        }).AddJsonProtocol(options => WireJson.Configure(options.PayloadSerializerOptions)).AddMessagePackProtocol();
        services.AddOptions<HubOptions>().Configure<IConfiguration>((options, configuration) => SlowClientsIn(configuration).Apply(options));
        services.AddOptions<WebSocketOptions>().Configure<IConfiguration>((options, configuration) => SlowClientsIn(configuration).Apply(options));
        // A browser's client says every 15 seconds that it is there: within the same silence.
        services.Configure<HubOptions<SessionHub>>(options =>
            (options.KeepAliveInterval, options.ClientTimeoutInterval) = (HubTimings.ViewerKeepAlive, HubTimings.ViewerSilence));
        services.AddOptions<KestrelServerOptions>().Configure<IConfiguration, IServiceProvider>((options, configuration, provider) =>
        {
            var connections = configuration.GetValue("OrleansKd:Edge:Connections", new EdgeOptions().Connections);
            options.Limits.MaxRequestBodySize = RequestBytes;
            SlowClientsIn(configuration).Apply(options);
            options.Limits.MaxConcurrentConnections = options.Limits.MaxConcurrentUpgradedConnections = Math.Max(1, connections);
            options.AddServerHeader = false;
            options.ConfigureEndpointDefaults(listen => listen.Use(next => connection => provider.GetRequiredService<ConnectionLimits>().RunAsync(connection, next)));
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<EdgeOptions>>((options, edge) =>
        {
            options.ForwardedHeaders = ForwardedHeaders.All;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in new TrustedProxies(edge.Value).Networks)
                options.KnownIPNetworks.Add(network);
        });
        // On loopback a page's name may be made to mean this machine: only the machine's own names count there.
        services.AddOptions<HostFilteringOptions>().PostConfigure<IConfiguration>((options, configuration) =>
        {
            if (configuration["AllowedHosts"] is null && ListenAddresses.Of(configuration).All(ListenAddresses.IsLoopback))
                options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", .. ListenAddresses.Of(configuration).Select(address => address.Host)];
        });
        services.Configure<HstsOptions>(options => options.MaxAge = TimeSpan.FromDays(365));
        // Open hubs and long polls end by themselves; nothing is worth waiting longer for.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public static void UseOrleansKdEdge(this WebApplication app)
    {
        // Without a network that is trusted, the framework would believe everybody.
        if (app.Configuration.GetSection("OrleansKd:Edge:TrustedProxies").GetChildren().Any())
            app.UseForwardedHeaders();
        app.UseHsts();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => Problems.Http(Problems.OfStatus(StatusCodes.Status500InternalServerError)).ExecuteAsync(context) });
        app.UseStatusCodePages(context => Problems.Http(Problems.OfStatus(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext));
        app.UseMiddleware<RequestProblems>();
        app.Use(RefuseWhileStopping(app.Lifetime));
        app.UseMiddleware<BrowserPolicy>();
        app.UseMiddleware<EdgeGate>();
        app.UseAuthentication();
        app.UseMiddleware<BadTokenLimit>();
        app.UseAuthorization();
        app.UseMiddleware<CallerMiddleware>();
        // After the caller is known: everybody has a limit of their own.
        app.UseRateLimiter();
    }

    public static void MapSessionHub(this IEndpointRouteBuilder routes) =>
        routes.MapHub<SessionHub>(Routes.SessionHub, options => WebSocketsOnly(routes, options)).WithMetadata(new EdgeDemand(HoldsMemory: true));

    public static void MapAgentHub(this IEndpointRouteBuilder routes) =>
        routes.MapHub<AgentHub>(Routes.AgentHub, options => WebSocketsOnly(routes, options)).WithMetadata(new EdgeDemand(HoldsMemory: true));

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
    private static void WebSocketsOnly(IEndpointRouteBuilder routes, HttpConnectionDispatcherOptions options)
    {
        options.Transports = HttpTransportType.WebSockets;
        SlowClientsIn(routes.ServiceProvider.GetRequiredService<IConfiguration>()).Apply(options);
        options.CloseOnAuthenticationExpiration = true;
    }

    /// <summary>Asked for before the settings are proved: what is wrong with them is said then.</summary>
    private static SlowClientOptions SlowClientsIn(IConfiguration configuration) =>
        configuration.GetSection("OrleansKd:Edge:SlowClients").Get<SlowClientOptions>() is { } told && !told.Problems().Any() ? told : new SlowClientOptions();
}
