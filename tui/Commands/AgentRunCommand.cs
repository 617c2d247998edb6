using System.CommandLine;
using System.Globalization;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Hosting;
using OrleansKd.Agent.SignIn;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>agent run</c>: this process becomes the agent on this computer, until it is told to end.</summary>
internal static class AgentRunCommand
{
    private static readonly Option<FileInfo?> TokenFile = new("--token-file") { Description = "Read a service token from this file, which only you can read, at each connect, instead of using the profile's sign-in.", HelpName = "PATH" };
    private static readonly Option<string> Computer = new("--computer") { Description = "Name of this computer, unique among yours. Default: the system's.", HelpName = "NAME", DefaultValueFactory = _ => Environment.MachineName };
    private static readonly Option<string?> Data = new("--data") { Description = "Folder for what is not uploaded yet. Default: one in the user's state folder.", HelpName = "DIR" };
    private static readonly Option<string[]> Allow = new("--allow") { Description = "Another debugger that may be started (full path), beside gdb, lldb, kd, cdb and ntsd as PATH finds them; may be repeated.", HelpName = "PATH" };
    private static readonly Option<bool> LocalStartOnly = new("--local-start-only") { Description = "Start a debugger only when it is asked for on this computer, with orleanskd: not from elsewhere, and not on the server's word alone." };
    private static readonly Option<string> SpoolSize = new("--spool-limit") { Description = "Output of one debugger kept on this disk until the server has it: bytes, or with a unit, such as 500MB or 2GB.", HelpName = "SIZE", DefaultValueFactory = _ => "2GB" };
    private static readonly Option<string> Encoding = new("--encoding") { Description = "Code page in which kd, cdb and ntsd print and read on this computer, such as windows-1252, ibm850 or 932.", HelpName = "NAME", DefaultValueFactory = _ => "utf-8" };
    private static readonly Option<bool> StopWhenIdle = new("--stop-when-idle") { Description = "Stop by itself when no session of this computer is active or closed, everything is uploaded, and nothing happened for some minutes." };
    private static readonly Option<double> IdleAfter = new("--idle-after") { Description = "Those minutes.", HelpName = "MINUTES", DefaultValueFactory = _ => IdleMinutes };
    private static readonly Option<bool> Detached = new("--detached") { Hidden = true };

    /// <summary>Long enough to correct a typing error in the debugger's arguments and host again.</summary>
    private const double IdleMinutes = 5;

    private const double MostIdleMinutes = 7 * 24 * 60;

    static AgentRunCommand()
    {
        Computer.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= Limits.ComputerNameLength } name || VisibleText.HasHidden(name, isOneLine: true))
                result.AddError($"A computer's name has 1 to {Limits.ComputerNameLength} visible characters.");
        });
        SpoolSize.Validators.Add(result =>
        {
            if (!SpoolLimit.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError($"--spool-limit needs a size from {SpoolLimit.MinBytes >> 20} MB to {SpoolLimit.MaxBytes >> 40} TB, such as 500MB or 2GB.");
        });
        Encoding.Validators.Add(result =>
        {
            if (!CodePage.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
                result.AddError("--encoding needs utf-8 or a code page, such as windows-1252, ibm850 or 932.");
        });
        IdleAfter.Validators.Add(result =>
        {
            // What is no number at all is told by itself, and asking for it would throw.
            if (result.Tokens is [var minutes] && double.TryParse(minutes.Value, CultureInfo.InvariantCulture, out var number) && number is not (> 0 and <= MostIdleMinutes))
                result.AddError($"--idle-after needs minutes, up to {MostIdleMinutes}.");
        });
    }

    public static void AddTo(Command agent, CommandRunner runner) => runner.Add(
        agent, "run", "Be the agent on this computer: run debuggers for sessions of the signed-in user.", Run,
        TokenFile, Computer, Data, Allow, LocalStartOnly, SpoolSize, Encoding, StopWhenIdle, IdleAfter, Detached);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var computer = parsed.GetRequiredValue(Computer);
        _ = SpoolLimit.TryParse(parsed.GetValue(SpoolSize), out var spoolLimit);
        _ = CodePage.TryParse(parsed.GetValue(Encoding)!, out var codePage);
        var settings = new AgentSettings
        {
            Place = context.Server.AgentPlace,
            Tokens = parsed.GetValue(TokenFile) is { } file ? new TokenFile(file.FullName) : context.Server.Tokens,
            Computer = computer,
            Data = parsed.GetValue(Data),
            Allow = parsed.GetValue(Allow) ?? [],
            LocalStartsOnly = parsed.GetValue(LocalStartOnly),
            SpoolLimitBytes = spoolLimit,
            CodePage = codePage,
            StopWhenIdleFor = parsed.GetValue(StopWhenIdle) ? TimeSpan.FromMinutes(parsed.GetValue(IdleAfter)) : null,
            IsDetached = parsed.GetValue(Detached),
        };
        // What the agent's own debuggers need not know.
        Environment.SetEnvironmentVariable(GivenToken.Variable, null);
        // The end of its terminal ends the terminal client; an agent goes on, because its debuggers would end with it.
        context.Host.IgnoreHangUp();
        await AgentProgram.RunAsync(settings, () =>
        {
            if (settings.IsDetached)
                return;
            context.WriteLine($"agent {computer} connected to {context.Server.Server}");
            context.Host.Out.Flush();
        }, cancellationToken);
        return ExitCodes.Done;
    }
}
