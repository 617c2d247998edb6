using System.CommandLine;
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
        var server = new Option<string>("--server") { Description = "Address of the OrleansKd server, such as https://kd.example.com.", Required = true };
        var tokenFile = new Option<FileInfo>("--token-file") { Description = "For scripts: read the access token from this file at each connect, instead of using a profile." };
        var profile = new Option<string>("--profile") { Description = "Whose sign-in to use: a profile of the terminal client.", DefaultValueFactory = _ => ProfileStore.DefaultName };
        var computer = new Option<string>("--computer") { Description = "Name of this computer, unique among yours.", DefaultValueFactory = _ => Environment.MachineName };
        var data = new Option<string>("--data") { Description = "Folder for what is not uploaded yet.", DefaultValueFactory = _ => SpoolRoot.DefaultData() };
        var allow = new Option<string[]>("--allow") { Description = "Another debugger that may be started (full path); may be repeated." };
        var spoolLimit = new Option<string>("--spool-limit") { Description = "Output of one debugger kept on this disk until the server has it: bytes, or with a unit, such as 500MB or 2GB.", HelpName = "SIZE", DefaultValueFactory = _ => "2GB" };
        var encoding = new Option<string>("--encoding") { Description = "Code page in which kd, cdb and ntsd print and read on this computer, such as windows-1252, ibm850 or 932. Default: UTF-8.", HelpName = "NAME" };
        var command = new RootCommand("Runs debuggers on this computer for shared sessions. By default it allows gdb, lldb, kd, cdb and ntsd as PATH finds them.")
        {
            server, profile, tokenFile, computer, data, allow, spoolLimit, encoding,
        };
        server.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.Tokens.Count == 1 ? result.Tokens[0].Value : null, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https"))
                result.AddError("--server needs a whole address, such as https://kd.example.com.");
        });
        computer.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= Limits.ComputerNameLength } name || VisibleText.HasHidden(name, isOneLine: true))
                result.AddError($"A computer's name has 1 to {Limits.ComputerNameLength} visible characters.");
        });
        spoolLimit.Validators.Add(result =>
        {
            if (!SpoolLimit.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError($"--spool-limit needs a size from {SpoolLimit.MinBytes >> 20} MB to {SpoolLimit.MaxBytes >> 40} TB, such as 500MB or 2GB.");
        });
        encoding.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !IsUtf8(name) && CodePage.Find(name) is null)
                result.AddError($"--encoding: '{VisibleText.From(name)}' is no code page; name one such as windows-1252, ibm850 or 932, or utf-8.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var address = new Uri(parsed.GetRequiredValue(server));
            using var http = new HttpClient();
            using var signIn = new TokenSource(ProfileStore.ForUser(), parsed.GetRequiredValue(profile), address, http, TimeProvider.System);
            Func<CancellationToken, Task<string?>> token = parsed.GetValue(tokenFile) is { } file
                ? async stop => (await File.ReadAllTextAsync(file.FullName, stop)).Trim()
                : async stop => await signIn.GetAccessTokenAsync(stop);
            var options = new AgentOptions(address, parsed.GetRequiredValue(computer), token)
            {
                SpoolLimitBytes = SpoolLimit.TryParse(parsed.GetValue(spoolLimit), out var limit) ? limit : OutputSpool.DefaultLimitBytes,
                CodePage = parsed.GetValue(encoding) is { } name ? CodePage.Find(name) : null,
            };
            var allowed = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), parsed.GetValue(allow) ?? []);
            return await RunAsync(options, allowed, parsed.GetRequiredValue(data), cancellationToken);
        });
        return command;
    }

    private static bool IsUtf8(string name) => name.Trim().ToUpperInvariant() is "UTF-8" or "UTF8" or "65001";

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
            .AddSingleton<CurrentLink>().AddSingleton<KeptArguments>().AddSingleton(new DebuggerLauncher(allowed, TimeProvider.System, options.CodePage)).AddSingleton<AgentRuns>().AddSingleton<AgentConnection>()
            .AddHostedService<AgentWorker>();
        return builder.Build();
    }
}
