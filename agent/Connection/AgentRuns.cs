using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>The runs of this agent: starts debuggers on request, uploads them, and what an earlier agent left behind.</summary>
internal sealed partial class AgentRuns(AgentOptions options, DebuggerLauncher launcher, LocalStarts localStarts, SpoolRoot spools, KeptArguments kept, CurrentLink links, TimeProvider time, ILogger<AgentRuns> logger)
{
    /// <summary>A computer with more debuggers at once is not a person's.</summary>
    private const int MaxRuns = 32;

    /// <summary>
    /// How long the spool of a run that the server does not want is kept: the session may be another user's who signs in again, or somebody
    /// may look for what is not in the transcript.
    /// </summary>
    private static readonly TimeSpan UnwantedKept = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<string, HeldRun> runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> starting = new(StringComparer.Ordinal);
    private volatile bool isStopping;

    /// <summary>Starts the debugger that a host asked for.</summary>
    public async Task<AgentAnswer> StartAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        if (!SessionId.TryParse(request.SessionId, out var session) || request.Run < 1)
            return Refusal(request, "The server named no session; this agent is older or newer than the server.");
        if (isStopping || runs.Values.Count(held => held.Live is not null) >= MaxRuns)
            return Refusal(request, isStopping ? "The agent is being stopped." : $"This computer runs {MaxRuns} debuggers already; end one of them.");
        var folder = spools.FolderOf(session, request.Run);
        if (!starting.TryAdd(folder, true))
            return Refusal(request, "This debugger is being started already. Try again in a few seconds.");
        try
        {
            var arguments = SecretText.IsMasked(request.Arguments) ? kept.Find(request.SessionId, request.Arguments) : request.Arguments;
            if (arguments is null)
                return Refusal(request, "The arguments have a password or key that this computer does not have any more. Give the arguments again, with it.");
            return await FindAsync(request, arguments, folder) ?? await StartAsync(request, arguments, folder, cancellationToken);
        }
        finally
        {
            starting.TryRemove(folder, out _);
        }
    }

    /// <summary>Uploads what earlier agents left behind.</summary>
    public void UploadLeftovers(CancellationToken cancellationToken)
    {
        foreach (var folder in spools.All())
        {
            if (RunFile.Load(folder) is not { } file)
            {
                // Its start was never answered: no session knows it.
                Directory.Delete(folder, recursive: true);
                continue;
            }
            LogLeftover(file.SessionId, file.Run);
            var spool = OutputSpool.Open(folder, options.SpoolLimitBytes);
            spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited, End = RunEnd.AgentDied, Text = $"The agent on {options.Computer} ended, and {file.Debugger} with it." });
            Hold(folder, file, spool, null, new LeftBehindRun(file, folder, kept), cancellationToken);
        }
    }

    /// <summary>Leaves all debuggers: targets of direct ones run on, those behind a server stay as they are.</summary>
    public async Task EndAllAsync()
    {
        isStopping = true;
        await Task.WhenAll(runs.Values.Select(held => held.Live).OfType<DebuggerRun>().Select(run => run.EndAsync(HarmlessFate(run), "The agent was stopped.", RunEnd.AgentStopped)));
    }

    /// <summary>Completes when nothing is left to upload.</summary>
    public Task UploadedAsync() => Task.WhenAll(runs.Values.Select(held => held.Done));

    /// <summary>Forgets kept arguments of sessions that are terminated.</summary>
    public async Task ForgetTerminatedAsync(AgentLink link)
    {
        kept.ForgetOld();
        if (kept.Sessions is not { Length: > 0 } sessions)
            return;
        foreach (var session in await link.FindTerminated(sessions))
            kept.Forget(session);
    }

    /// <summary>
    /// The server asks for a run that is here: it did not come to record it, so it asks again. The debugger that waits for its session is
    /// the answer; one with other arguments, or what is left of one, makes room, because no transcript has anything of it.
    /// </summary>
    private async Task<AgentAnswer?> FindAsync(AgentRequest request, string arguments, string folder)
    {
        if (!Directory.Exists(folder))
            return null;
        runs.TryGetValue(folder, out var held);
        if (held?.Live?.WasAttached ?? RunFile.Load(folder)?.WasAttached ?? false)
            return Refusal(request, $"Run {request.Run} of this session exists on this computer already.");
        if (held is { Live: { IsAlive: true } run } && held.Debugger == request.Debugger && held.Arguments == arguments)
        {
            held.Upload.Expect();
            LogFound(request.SessionId, request.Run);
            return Started(request, run.Debugger);
        }
        LogReplaced(request.SessionId, request.Run);
        if (held?.Live is { } other)
            await other.EndAsync(null, "It was started for a session that did not come to know it.");
        if (held is not null)
            await held.StopAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return null;
    }

    private async Task<AgentAnswer> StartAsync(AgentRequest request, string arguments, string folder, CancellationToken cancellationToken)
    {
        if (!localStarts.MayStart(request))
        {
            LogNotAskedFor(request.SessionId);
            return Refusal(request, $"The agent on {options.Computer} starts only what its user asks for on that computer (--local-start-only). Host or re-open there, with orleanskd.");
        }
        var spool = OutputSpool.Create(folder, options.SpoolLimitBytes, request.WhenSpoolFull);
        try
        {
            spool.StateChanged = state =>
            {
                var text = TextOf(state, options.SpoolLimitBytes);
                LogSpool(state is SpoolState.Normal ? LogLevel.Information : LogLevel.Warning, request.SessionId, request.Run, text);
            };
            var debugger = await launcher.StartAsync(request.Debugger, arguments, folder, spool, request.OnlyThroughServer, request.SecureMode);
            var file = new RunFile(request.SessionId, request.Run, debugger.Kind, time.GetUtcNow(), 0);
            file.Save(folder);
            if (debugger.ThroughServer && SecretText.IsMasked(debugger.MaskedArguments))
                kept.Keep(request.SessionId, debugger.MaskedArguments, arguments);
            var run = new DebuggerRun(file, folder, spool, debugger, kept, time, logger);
            var held = Hold(folder, file, spool, run, run, cancellationToken);
            (held.Debugger, held.Arguments) = (request.Debugger, arguments);
            LogStarted(request.SessionId, request.Run, debugger.Kind, debugger.Process.ProcessId);
            return Started(request, debugger);
        }
        catch (DebuggerStartException problem)
        {
            spool.Dispose();
            Directory.Delete(folder, recursive: true);
            LogNotStarted(request.SessionId, problem.Message);
            return Refusal(request, problem.Message);
        }
    }

    private HeldRun Hold(string folder, RunFile file, OutputSpool spool, DebuggerRun? run, IRunReceiver receiver, CancellationToken cancellationToken)
    {
        var held = runs[folder] = new HeldRun(new RunUpload(spool, file, options, links, receiver, time, logger), run);
        held.Done = UploadAsync(folder, file, spool, held, cancellationToken);
        return held;
    }

    private async Task UploadAsync(string folder, RunFile file, OutputSpool spool, HeldRun held, CancellationToken cancellationToken)
    {
        await Task.Yield();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Stopped);
        try
        {
            var end = await held.Upload.RunAsync(either.Token);
            if (held.Live is { } run)
                await run.EndAsync(end is UploadEnd.NotFound ? HarmlessFate(run) : null, "The server does not want this run any more.");
            var isWanted = end switch
            {
                UploadEnd.NotFound => held.Live is null,
                UploadEnd.GivenUp => spool.HasOutputAfter(held.Upload.Durable),
                _ => false,
            };
            spool.Dispose();
            if (!isWanted || !TryKeep(folder))
                Directory.Delete(folder, recursive: true);
            else if (end is UploadEnd.NotFound)
                LogUnclaimed(file.SessionId, file.Run, folder, UnwantedKept.Days);
            else
                LogGivenUp(file.SessionId, file.Run, folder, UnwantedKept.Days);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            spool.Dispose();
        }
        catch (Exception problem)
        {
            LogUploadFailed(problem, file.SessionId, file.Run);
        }
        finally
        {
            runs.TryRemove(folder, out _);
            Ended?.Invoke();
        }
    }

    /// <summary>Keeps what the server does not want, for a while from when that was known first.</summary>
    private bool TryKeep(string folder)
    {
        if (RunFile.Load(folder) is not { } file)
            return false;
        if (file.UnwantedSince is { } since)
            return time.GetUtcNow() - since < UnwantedKept;
        (file with { UnwantedSince = time.GetUtcNow() }).Save(folder);
        return true;
    }

    /// <summary>What does no harm to a target whose session nobody speaks for.</summary>
    private static TargetFate? HarmlessFate(DebuggerRun run) => run.Debugger.ThroughServer ? null : TargetFate.LetRun;

    private static string TextOf(SpoolState state, long limitBytes) => state switch
    {
        SpoolState.NearlyFull => $"the spool is nearly full (its limit is {limitBytes} bytes): the server takes the output more slowly than it comes, or not at all",
        SpoolState.Holding => "the spool or the disk is full: the debugger is held, and with it the target",
        SpoolState.LeavingOut => "the spool or the disk is full: output is left out and counted",
        _ => "the spool has room again",
    };

    private static AgentAnswer Started(AgentRequest request, LaunchedDebugger debugger) =>
        new(request.RequestId, true, null, debugger.ThroughServer, debugger.Kind, debugger.MaskedArguments);

    private static AgentAnswer Refusal(AgentRequest request, string problem) => new(request.RequestId, false, problem, false, null, null);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: started {Kind}, process {Process}.")]
    private partial void LogStarted(string session, int run, string kind, int process);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: the server asked for a debugger that nobody asked for on this computer; none was started.")]
    private partial void LogNotAskedFor(string session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}: no debugger was started: {Reason}")]
    private partial void LogNotStarted(string session, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: uploading what an earlier agent left behind.")]
    private partial void LogLeftover(string session, int run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}, run {Run}: no such session at the server. '{Folder}' is kept for {Days} days; sign in as its host, or delete it.")]
    private partial void LogUnclaimed(string session, int run, string folder, int days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}, run {Run}: the session went on without this run while the agent was unreachable. Output that is not in its transcript is kept in '{Folder}' for {Days} days.")]
    private partial void LogGivenUp(string session, int run, string folder, int days);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: the server asked again for the debugger that waits for it.")]
    private partial void LogFound(string session, int run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}, run {Run}: an earlier attempt that no session came to know is replaced.")]
    private partial void LogReplaced(string session, int run);

    [LoggerMessage(Message = "Session {Session}, run {Run}: {State}.")]
    private partial void LogSpool(LogLevel level, string session, int run, string state);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}, run {Run}: the upload failed for good; the spool stays for the next start.")]
    private partial void LogUploadFailed(Exception problem, string session, int run);
}
