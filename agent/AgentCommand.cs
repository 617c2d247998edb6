using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.SignIn;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent;

/// <summary>The agent's command line.</summary>
internal static class AgentCommand
{
    /// <summary>Leaving a debugger takes at most a few steps of five seconds each.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    public static RootCommand Create()
    {
        var server = new Option<Uri>("--server") { Description = "Address of the OrleansKd server, such as https://kd.example.com.", Required = true, CustomParser = ParseAddress };
        var profile = new Option<string>("--profile") { Description = "Profile of the signed-in user whose debuggers this agent runs.", DefaultValueFactory = _ => ProfileStore.DefaultName };
        var tokenFile = new Option<FileInfo>("--token-file") { Description = "Instead of a profile: read the access token from this file at each connect, for scripts." };
        var computer = new Option<string>("--computer") { Description = "Name of this computer, unique among yours.", DefaultValueFactory = _ => Environment.MachineName };
        var data = new Option<string>("--data") { Description = "Folder for what is not uploaded yet.", DefaultValueFactory = _ => SpoolRoot.DefaultData() };
        var allow = new Option<string[]>("--allow") { Description = "Another debugger that may be started (full path); may be repeated." };
        var command = new RootCommand("Runs debuggers on this computer for shared sessions. By default it allows gdb, lldb, kd, cdb and ntsd as PATH finds them.")
        {
            server, profile, tokenFile, computer, data, allow,
        };
        computer.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= Limits.ComputerNameLength } name || VisibleText.HasHidden(name, isOneLine: true))
                result.AddError($"A computer's name has 1 to {Limits.ComputerNameLength} visible characters.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var address = parsed.GetRequiredValue(server);
            using var authority = new HttpClient();
            using var tokens = new TokenSource(ProfileStore.ForUser(), parsed.GetRequiredValue(profile), address, authority, TimeProvider.System);
            var options = new AgentOptions(address, parsed.GetRequiredValue(computer), parsed.GetValue(tokenFile) is { } file
                ? async stop => (await File.ReadAllTextAsync(file.FullName, stop)).Trim()
                : async stop => await tokens.GetAccessTokenAsync(stop));
            var allowed = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), parsed.GetValue(allow) ?? []);
            return await RunAsync(options, allowed, parsed.GetRequiredValue(data), cancellationToken);
        });
        return command;
    }

    private static Uri? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        result.AddError($"'{text}' is not a server's address, such as https://kd.example.com.");
        return null;
    }

    private static async Task<int> RunAsync(AgentOptions options, AllowedDebuggers allowed, string data, CancellationToken cancellationToken)
    {
        try
        {
            using var spools = new SpoolRoot(data);
            using var host = Compose(options, allowed, spools);
            var announced = false;
            host.Services.GetRequiredService<AgentConnection>().Connected = () =>
            {
                if (!announced)
                    Console.Out.WriteLine($"agent {options.Computer} connected to {options.Server}");
                announced = true;
            };
            await host.RunAsync(cancellationToken);
            return 0;
        }
        catch (IOException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private static IHost Compose(AgentOptions options, AllowedDebuggers allowed, SpoolRoot spools)
    {
        var builder = Host.CreateApplicationBuilder();
        // Standard output is for the one line that scripts wait for.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(options).AddSingleton(allowed).AddSingleton(spools).AddSingleton(TimeProvider.System)
            .AddSingleton<CurrentLink>().AddSingleton<DebuggerLauncher>().AddSingleton<AgentRuns>().AddSingleton<AgentConnection>()
            .AddHostedService<AgentWorker>();
        return builder.Build();
    }
}
