using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;
using OrleansKd.Hosting;

namespace OrleansKd.Agent.Hosting;

/// <summary>The agent's life as a program: its place taken, composed, run until it is told to end, all debuggers left.</summary>
public static partial class AgentProgram
{
    /// <summary>Leaving a debugger takes at most a few steps of five seconds each.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>A place whose holder can't be asked is looked at again: it may be starting, or somebody only looked whether it is free.</summary>
    private static readonly TimeSpan TakeLimit = TimeSpan.FromSeconds(2);

    /// <summary>An agent that is ending, with few debuggers to leave, is gone by then; who hosts waits for that.</summary>
    private static readonly TimeSpan EndingLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan TakeLook = TimeSpan.FromMilliseconds(50);

    public static string Version { get; } =
        typeof(AgentProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Returns when the agent has ended properly.</summary>
    /// <param name="connected">Called once, when it is connected.</param>
    /// <exception cref="ProblemException"><see cref="ProblemException.AgentRuns"/>: one runs already.</exception>
    /// <exception cref="IOException">A folder can't be used; the message says what to do.</exception>
    public static async Task RunAsync(AgentSettings settings, Action connected, CancellationToken cancellationToken)
    {
        if (settings.IsDetached && !OperatingSystem.IsWindows())
            _ = LibC.setsid();
        // The end of its terminal is not the end of debugging.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var held = await TakeAsync(settings.Place, TimeProvider.System, cancellationToken);
        using var log = new AgentLog(settings.Place);
        using var host = Compose(settings, log);
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AgentProgram));
        LogStarted(logger, Version, Environment.ProcessId, settings.Place.Profile, settings.Place.Server);
        try
        {
            var isFirst = true;
            host.Services.GetRequiredService<AgentConnection>().Connected = () =>
            {
                if (Interlocked.Exchange(ref isFirst, false))
                    connected();
                LogConnected(logger, settings.Computer, settings.Place.Server);
            };
            await host.RunAsync(cancellationToken);
            LogEnded(logger);
        }
        catch (Exception problem)
        {
            LogFailed(logger, problem);
            throw;
        }
    }

    private static async Task<AgentLock> TakeAsync(AgentPlace place, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (AgentLock.TryTake(place) is { } held)
                return held;
            var running = await ControlClient.AskAsync(place, ControlVerb.Status, cancellationToken);
            if (running is { IsStopping: false } || time.GetElapsedTime(start) > (running is null ? TakeLimit : EndingLimit))
            {
                var who = running is null ? "" : $" (process {running.ProcessId}, as computer '{running.Computer}')";
                throw new ProblemException(ProblemException.AgentRuns, $"An agent for profile '{place.Profile}' at {place.Server} runs on this computer already{who}. See it with 'orleanskd agent status', end it with 'orleanskd agent stop'.");
            }
            await Task.Delay(TakeLook, time, cancellationToken);
        }
    }

    private static IHost Compose(AgentSettings settings, AgentLog log)
    {
        var data = Path.GetFullPath(settings.Data ?? settings.Place.DefaultData);
        var allowed = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), settings.Allow);
        var options = new AgentOptions(settings.Place.Server, settings.Computer, async stop => await settings.Tokens.GetAccessTokenAsync(stop)) { SpoolLimitBytes = settings.SpoolLimitBytes };
        // Without settings files: the agent is started in folders that are not its own.
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddProvider(log.Provider);
        if (!settings.IsDetached)
        {
            // Standard output is for the one line that scripts wait for.
            VisibleConsole.AddTo(builder.Logging);
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(settings).AddSingleton(options).AddSingleton(log).AddSingleton(TimeProvider.System)
            .AddSingleton(allowed).AddSingleton(new DebuggerLauncher(allowed, TimeProvider.System, settings.CodePage))
            .AddSingleton(_ => new SpoolRoot(data))
            .AddSingleton(new LocalStarts(settings.LocalStartsOnly, TimeProvider.System))
            .AddSingleton<CurrentLink>().AddSingleton<KeptArguments>().AddSingleton<AgentRuns>().AddSingleton<AgentConnection>()
            .AddSingleton(settings.Place).AddSingleton<IControlledAgent, ControlledAgent>()
            // Stopped last, so that the others' end can be waited for.
            .AddHostedService<ControlServer>().AddHostedService<AgentWorker>();
        if (settings.StopWhenIdleFor is { } grace)
        {
            builder.Services.AddSingleton(_ => new SessionsClient(settings.Place.Server, settings.Tokens))
                .AddSingleton(services => ActivatorUtilities.CreateInstance<IdleStop>(services, grace))
                .AddHostedService(services => services.GetRequiredService<IdleStop>());
        }
        return builder.Build();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {Version}, process {Process}, started for profile '{Profile}' at {Server}.")]
    private static partial void LogStarted(ILogger logger, string version, int process, string profile, Uri server);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected as computer '{Computer}' to {Server}.")]
    private static partial void LogConnected(ILogger logger, string computer, Uri server);

    [LoggerMessage(Level = LogLevel.Information, Message = "The agent has ended; all debuggers were left.")]
    private static partial void LogEnded(ILogger logger);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The agent failed.")]
    private static partial void LogFailed(ILogger logger, Exception problem);
}
