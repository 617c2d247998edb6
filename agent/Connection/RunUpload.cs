using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

internal enum UploadEnd
{
    /// <summary>The run's end is durable.</summary>
    Durable,

    /// <summary>The session is terminated: nothing more is wanted.</summary>
    Terminated,

    /// <summary>The session went on without the run, which was given up while this agent was unreachable.</summary>
    GivenUp,

    /// <summary>There is no such session, or it does not know the run, also not after <see cref="RunUpload.SessionGrace"/>.</summary>
    NotFound,
}

/// <summary>
/// Brings one run's spool to the server: attaches, sends what the server does not have, drops what is durable, passes on what
/// comes down; again and again until the run's end is durable.
/// </summary>
internal sealed partial class RunUpload(OutputSpool spool, RunFile file, AgentOptions options, CurrentLink links, IRunReceiver receiver, TimeProvider time, ILogger logger)
{
    /// <summary>A session is created only after its debugger was started: that may take this long.</summary>
    public static readonly TimeSpan SessionGrace = TimeSpan.FromSeconds(60);

    /// <summary>After the server could not take a report; a few people read it, nothing waits for it.</summary>
    private static readonly TimeSpan ReportRetry = TimeSpan.FromSeconds(2);

    private readonly ReconnectPace backoff = ReconnectPace.Seeded();
    private readonly Lock gate = new();
    private long? missingSince;

    /// <summary>The highest chunk that the server said is durable.</summary>
    public long Durable { get; private set; }

    /// <summary>The server asked for this run again and will record it now: its time begins anew.</summary>
    public void Expect()
    {
        lock (gate)
            missingSince = null;
    }

    public async Task<UploadEnd> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var link = await links.GetAsync(cancellationToken);
            try
            {
                if (await AttachAsync(link, cancellationToken))
                    return UploadEnd.Durable;
                Expect();
            }
            catch (HubException refused)
            {
                var code = ProblemText.TryParse(refused.Message, out var known, out _) ? known : null;
                if (code == ProblemCodes.SessionTerminated)
                    return UploadEnd.Terminated;
                if (code == ProblemCodes.RunGivenUp)
                    return UploadEnd.GivenUp;
                if (code == ProblemCodes.SessionNotFound && IsMissingForGood())
                    return UploadEnd.NotFound;
                LogRefused(file.SessionId, file.Run, refused.Message);
            }
            catch (Exception cut) when (cut is not ArgumentOutOfRangeException && !cancellationToken.IsCancellationRequested)
            {
                // The connection went; the next one goes on where the server is.
                LogCut(file.SessionId, file.Run, cut.Message);
            }
            await backoff.PauseAsync(time, cancellationToken);
        }
    }

    private bool IsMissingForGood()
    {
        lock (gate)
        {
            missingSince ??= time.GetTimestamp();
            return time.GetElapsedTime(missingSince.Value) >= SessionGrace;
        }
    }

    /// <summary>True when the run's end is durable; false when the server ended the stream.</summary>
    private async Task<bool> AttachAsync(AgentLink link, CancellationToken cancellationToken)
    {
        using var attach = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, link.Closed);
        var window = new ChunkWindow();
        var reporting = Task.CompletedTask;
        var request = new AttachRequest(file.SessionId, file.Run, options.Computer, options.Instance, receiver.LastInstruction);
        var isAttached = false;
        try
        {
            await foreach (var down in link.Attach(request, Chunks(window, attach.Token), attach.Token))
            {
                var wasAttached = isAttached;
                foreach (var signal in down.Signals ?? [])
                    receiver.Receive(signal);
                if (down.Accepted is { } accepted)
                {
                    if (!isAttached)
                        spool.ContinueAfter(accepted);
                    window.Accept(accepted);
                }
                if (!isAttached && down.Accepted is not null)
                {
                    isAttached = true;
                    backoff.Succeeded();
                    LogAttached(file.SessionId, file.Run, down.Accepted.Value);
                    reporting = ReportSpoolAsync(link, attach.Token);
                }
                if (down.Instructions is { Length: > 0 } instructions)
                    receiver.Receive(instructions);
                if (isAttached && !wasAttached)
                    receiver.Attached();
                if (down.IsTerminated)
                    receiver.SessionTerminated();
                if (down.Durable is { } durable)
                {
                    Durable = durable;
                    spool.Trim(durable);
                    if (spool.HasEnded && durable >= spool.LastNumber)
                        return true;
                }
            }
            return false;
        }
        finally
        {
            receiver.Detached();
            await attach.CancelAsync();
            await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tells how full the spool is, now and whenever that changes.</summary>
    private async Task ReportSpoolAsync(AgentLink link, CancellationToken cancellationToken)
    {
        SpoolState? told = null;
        while (true)
        {
            var (state, bytes, changed) = spool.Status;
            try
            {
                if (state != told)
                    await link.ReportSpool(new(file.SessionId, file.Run, state, bytes, spool.LimitBytes)).WaitAsync(cancellationToken);
                told = state;
                await changed.WaitAsync(cancellationToken);
            }
            catch (HubException refused)
            {
                LogNotReported(file.SessionId, file.Run, refused.Message);
                await Task.Delay(ReportRetry, time, cancellationToken);
            }
        }
    }

    private async IAsyncEnumerable<AgentChunk> Chunks(ChunkWindow window, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = await window.FirstAsync(cancellationToken); ; next++)
        {
            await window.WaitAsync(next, cancellationToken);
            yield return await spool.ReadAsync(next, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: attached; the server has chunks up to {Accepted}.")]
    private partial void LogAttached(string session, int run, long accepted);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: the server refused to attach it: {Reason} Trying again.")]
    private partial void LogRefused(string session, int run, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session {Session}, run {Run}: the server did not take the state of the spool: {Reason} Trying again.")]
    private partial void LogNotReported(string session, int run, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, run {Run}: cut off: {Reason} Trying again.")]
    private partial void LogCut(string session, int run, string reason);
}
