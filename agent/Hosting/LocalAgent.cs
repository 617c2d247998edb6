using System.Diagnostics;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Hosting;

/// <summary>The agent on this computer, for those who want to host here.</summary>
public interface ILocalAgent
{
    /// <summary>This computer, as the user's agent here names it or would.</summary>
    Task<ComputerSummary> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Returns when an agent of the user is online here: the one that runs, else one that is started and stays when this program ends.</summary>
    /// <param name="start">What the server is asked for next: an agent that starts nothing else knows it then.</param>
    /// <param name="starting">Called when one is started.</param>
    /// <exception cref="ProblemException">None is, and can't be made to be; the message says why and what to do.</exception>
    Task EnsureAsync(LocalStart start, Action? starting, CancellationToken cancellationToken);
}

/// <param name="program">This program's file and the arguments before its own.</param>
public sealed class LocalAgent(AgentPlace place, SessionsClient sessions, IReadOnlyList<string> program, TimeProvider time) : ILocalAgent
{
    /// <summary>An agent is up within two seconds; a busy computer and a slow sign-in take many times that.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(45);

    /// <summary>A server takes an agent that has ended for online this long, and a little.</summary>
    private static readonly TimeSpan StaleOnline = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Characters of what a failed start printed that a message shows.</summary>
    private const int ShownCharacters = 2_000;

    /// <summary>How this program starts itself: its own file, or the runtime and its library.</summary>
    public static IReadOnlyList<string> ThisProgram()
    {
        var file = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no file.");
        return Path.GetFileNameWithoutExtension(file) == "dotnet" ? [file, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [file];
    }

    /// <inheritdoc/>
    public Task<ComputerSummary> DescribeAsync(CancellationToken cancellationToken) => Explained(() => DescribeHereAsync(cancellationToken));

    /// <inheritdoc/>
    public Task EnsureAsync(LocalStart start, Action? starting, CancellationToken cancellationToken) => Explained(async () =>
    {
        await StartedAsync(start, starting, cancellationToken);
        return true;
    });

    /// <summary>A folder, file or program of this computer that can't be used is a problem as any other.</summary>
    private static async Task<T> Explained<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ProblemCodes.ComputerNotFound, $"The agent on this computer can't be asked or started: {problem.Message}", problem);
        }
    }

    private async Task<ComputerSummary> DescribeHereAsync(CancellationToken cancellationToken) =>
        await ControlClient.AskAsync(place, ControlVerb.Status, cancellationToken) is { } running
            ? new(running.Computer, running.ConnectedAt is not null, running.Debuggers)
            : new(Environment.MachineName, false, [.. AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), []).Paths]);

    private async Task StartedAsync(LocalStart start, Action? starting, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        using var began = await ControlClient.ExpectAsync(place, start, cancellationToken) is { IsStopping: false } || await IsServedByAnotherAsync(cancellationToken)
            ? null
            : Begin(starting);
        while (true)
        {
            var status = await ControlClient.ExpectAsync(place, start, cancellationToken);
            var isStarted = status is { ConnectedAt: not null, IsStopping: false } || (began is null && status is null);
            if (isStarted && await IsOnlineAsync(status?.Computer ?? Environment.MachineName, cancellationToken))
                return;
            if (began is { HasExited: true } && status is null)
                throw new ProblemException(ProblemCodes.ComputerNotFound, $"The agent on this computer ended while it started (code {began.ExitCode}). {Printed()}");
            if (time.GetElapsedTime(since) > StartLimit)
                throw new ProblemException(ProblemCodes.ComputerNotFound, Why(status));
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private Process Begin(Action? starting)
    {
        starting?.Invoke();
        Spool.PrivateFolder.Make(place.Folder);
        string[] arguments = [.. program.Skip(1), "agent", "run", "--detached", "--stop-when-idle", "--profile", place.Profile, "--server", place.Server.AbsoluteUri];
        return DetachedProgram.Start(program[0], arguments, place.StartOutput, place.Folder);
    }

    /// <summary>An agent of the user's that is not in this place (another state folder, another profile of the same account) serves this computer.</summary>
    private async Task<bool> IsServedByAnotherAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (await IsOnlineAsync(Environment.MachineName, cancellationToken))
        {
            if (time.GetElapsedTime(since) > StaleOnline)
                return true;
            await Task.Delay(Look, time, cancellationToken);
        }
        return false;
    }

    private async Task<bool> IsOnlineAsync(string computer, CancellationToken cancellationToken) =>
        (await sessions.GetComputersAsync(cancellationToken)).Any(item => item.IsOnline && string.Equals(item.Name, computer, StringComparison.OrdinalIgnoreCase));

    private string Why(AgentStatus? status) => status is null
        ? $"The agent on this computer was started and does not answer. Its log: {place.LogFile}"
        : $"The agent on this computer (process {status.ProcessId}) is not connected: {status.Problem ?? "the server does not list it yet"} Its log: {status.Log}";

    private string Printed()
    {
        var printed = File.Exists(place.StartOutput) ? File.ReadAllText(place.StartOutput).Trim() : "";
        return printed.Length == 0 ? $"Its log tells why: {place.LogFile}" : "It said:\n" + printed[^Math.Min(printed.Length, ShownCharacters)..];
    }
}
