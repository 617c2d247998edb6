using System.CommandLine;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Control;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions host</c>: starts a debugger on one of the user's computers and shares it (rule B).</summary>
internal static class HostSessionCommand
{
    private const string Hold = "hold";
    private const string Gap = "gap";

    private static readonly Option<string> Debugger = new("--debugger") { Description = "Full path of the debugger on that computer.", HelpName = "PATH", Required = true };
    private static readonly Option<string> Arguments = new("--arguments") { Description = "The debugger's arguments, as one text.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private static readonly Option<string> Name = new("--name") { Description = "Session name, up to 100 characters.", HelpName = "NAME", Required = true };
    private static readonly Option<string> Description = new("--description") { Description = "Session description, up to 4,000 characters.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private static readonly Option<string?> Computer = new("--computer") { Description = "Computer of yours whose agent starts it. Default: this one, whose agent is started when none runs.", HelpName = "NAME" };
    private static readonly Option<string> WhenSpoolFull = new Option<string>("--when-spool-full")
    {
        Description = $"When the agent's disk space for output that the server does not have yet is used up: {Hold} the debugger, and so the target (default), or leave output out and say how much ({Gap}).",
        HelpName = $"{Hold}|{Gap}",
        DefaultValueFactory = _ => Hold,
    }.AcceptOnlyFromAmong(Hold, Gap);
    private static readonly Option<bool> NoClientReopen = new("--no-client-reopen") { Description = "Invited clients may not re-open the session when it is closed; 'sessions set' changes it later." };
    private static readonly Option<bool> Secure = new("--secure") { Description = "Start kd, cdb or ntsd in its secure mode (-secure): nobody in the session can reach the computer itself with .shell and the like. For direct sessions." };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask about a direct session." };

    public static void AddTo(Command sessions, CommandRunner runner) => runner.Add(
        sessions, "host", "Start a debugger and share it; prints the session's id.", Run, Debugger, Arguments, Name, Description, Computer, WhenSpoolFull, NoClientReopen, Secure, Yes);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var arguments = parsed.GetValue(Arguments)!;
        var here = await context.Server.LocalAgent.DescribeAsync(cancellationToken);
        var computer = parsed.GetValue(Computer) ?? here.Name;
        var isDirect = DirectSession.Is(parsed.GetValue(Debugger)!, arguments, out var malformed);
        if (malformed is not null)
            throw new ProblemException(ProblemCodes.InvalidRequest, malformed);
        if (isDirect && !parsed.GetValue(Yes) && !context.Confirm(DirectSession.Caution + "\nHost it all the same?"))
            return ExitCodes.Cancelled;
        if (string.Equals(computer, here.Name, StringComparison.OrdinalIgnoreCase))
            await context.Server.LocalAgent.EnsureAsync(LocalStart.OfNew(parsed.GetValue(Debugger)!, arguments, parsed.GetValue(Secure)), () => context.Say($"starting the agent on {here.Name}"), cancellationToken);
        var whenFull = parsed.GetValue(WhenSpoolFull) == Gap ? SpoolFullAction.Gap : SpoolFullAction.Hold;
        var session = await context.Server.Sessions.HostAsync(
            new HostSessionRequest(computer, parsed.GetValue(Debugger)!, arguments, parsed.GetValue(Name)!, parsed.GetValue(Description)!, whenFull, parsed.GetValue(NoClientReopen) ? false : null, parsed.GetValue(Secure) ? true : null), cancellationToken);
        if (context.IsJson)
            context.WriteJson(session);
        else
            context.WriteLine(session.Id);
        return ExitCodes.Done;
    }
}
