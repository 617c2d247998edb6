using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>The runs of this agent: starts debuggers on request, uploads them, and what an earlier agent left behind.</summary>
internal sealed partial class AgentRuns(AgentOptions options, DebuggerLauncher launcher, SpoolRoot spools, CurrentLink links, TimeProvider time, ILogger<AgentRuns> logger)
{
    /// <summary>A computer with more debuggers at once is not a person's.</summary>
    private const int MaxRuns = 32;

    /// <summary>How long the spool of a run whose session can't be found is kept: the session may be another user's who signs in again.</summary>
    private static readonly TimeSpan UnclaimedKept = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<string, Task> uploads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DebuggerRun> live = new(StringComparer.Ordinal);
    private volatile bool isStopping;

    /// <summary>Starts the debugger that a host asked for.</summary>
    public async Task<AgentAnswer> StartAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        if (!SessionId.TryParse(request.SessionId, out var session) || request.Run < 1)
            return Refusal(request, "The server named no session; this agent is older or newer than the server.");
        if (isStopping || live.Count >= MaxRuns)
            return Refusal(request, isStopping ? "The agent is being stopped." : $"This computer runs {MaxRuns} debuggers already; end one of them.");
        var folder = spools.FolderOf(session, request.Run);
        if (Directory.Exists(folder))
            return Refusal(request, $"Run {request.Run} of this session exists on this computer already.");
        try
        {
            return await StartAsync(request, folder, cancellationToken);
        }
        catch (DebuggerStartException problem)
        {
            Directory.Delete(folder, recursive: true);
            LogNotStarted(request.SessionId, problem.Message);
            return Refusal(request, problem.Message);
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
            spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited, Text = $"The agent on this computer ended, and {file.Debugger} with it." });
            uploads[folder] = UploadAsync(folder, file, spool, null, cancellationToken);
        }
    }

    /// <summary>Leaves all debuggers; their targets run on.</summary>
    public async Task EndAllAsync()
    {
        isStopping = true;
        await Task.WhenAll(live.Values.Select(run => run.EndAsync(TargetFate.LetRun, "The agent was stopped.")));
    }

    /// <summary>Completes when nothing is left to upload.</summary>
    public Task UploadedAsync() => Task.WhenAll(uploads.Values);

    private async Task<AgentAnswer> StartAsync(AgentRequest request, string folder, CancellationToken cancellationToken)
    {
        var spool = OutputSpool.Create(folder, options.SpoolLimitBytes, request.WhenSpoolFull);
        try
        {
            spool.StateChanged = state =>
            {
                var text = TextOf(state, options.SpoolLimitBytes);
                LogSpool(state is SpoolState.Normal ? LogLevel.Information : LogLevel.Warning, request.SessionId, request.Run, text);
            };
            var debugger = await launcher.StartAsync(request.Debugger, request.Arguments, folder, spool);
            var file = new RunFile(request.SessionId, request.Run, debugger.Kind, time.GetUtcNow(), 0);
            file.Save(folder);
            var run = live[folder] = new DebuggerRun(file, folder, spool, debugger, time, logger);
            uploads[folder] = UploadAsync(folder, file, spool, run, cancellationToken);
            LogStarted(request.SessionId, request.Run, debugger.Kind, debugger.Process.ProcessId);
            return new(request.RequestId, true, null, debugger.ThroughServer, debugger.Kind, debugger.MaskedArguments);
        }
        catch (DebuggerStartException)
        {
            spool.Dispose();
            throw;
        }
    }

    private async Task UploadAsync(string folder, RunFile file, OutputSpool spool, DebuggerRun? run, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            var end = await new RunUpload(spool, file, options, links, run, time, logger).RunAsync(cancellationToken);
            if (run is not null)
                await run.EndAsync(TargetFate.LetRun, "The server has no such session any more.");
            spool.Dispose();
            var isKept = end == UploadEnd.NotFound && run is null && time.GetUtcNow() - file.StartedAt < UnclaimedKept;
            if (isKept)
                LogUnclaimed(file.SessionId, file.Run, folder, UnclaimedKept.Days);
            else
                Directory.Delete(folder, recursive: true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            spool.Dispose();
        }
        catch (Exception problem)
        {
            LogUploadFailed(problem, file.SessionId, file.Run);
        }
        finally
        {
            uploads.TryRemove(folder, out _);
            live.TryRemove(folder, out _);
            Ended?.Invoke();
        }
    }

    private static string TextOf(SpoolState state, long limitBytes) => state switch
    {
        SpoolState.NearlyFull => $"the spool is nearly full (its limit is {limitBytes} bytes): the server takes the output more slowly than it comes, or not at all",
        SpoolState.Holding => "the spool or the disk is full: the debugger is held, and with it the target",
        SpoolState.LeavingOut => "the spool or the disk is full: output is left out and counted",
        _ => "the spool has room again",
    };

    private static AgentAnswer Refusal(AgentRequest request, string problem) => new(request.RequestId, false, problem, false, null, null);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: started {Kind}, process {Process}.")]
    private partial void LogStarted(string session, int run, string kind, int process);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}: no debugger was started: {Reason}")]
    private partial void LogNotStarted(string session, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: uploading what an earlier agent left behind.")]
    private partial void LogLeftover(string session, int run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}, run {Run}: no such session at the server. '{Folder}' is kept for {Days} days; sign in as its host, or delete it.")]
    private partial void LogUnclaimed(string session, int run, string folder, int days);

    [LoggerMessage(Message = "Session {Session}, run {Run}: {State}.")]
    private partial void LogSpool(LogLevel level, string session, int run, string state);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}, run {Run}: the upload failed for good; the spool stays for the next start.")]
    private partial void LogUploadFailed(Exception problem, string session, int run);
}
