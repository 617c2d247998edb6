using System.Runtime.CompilerServices;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.Sessions;

namespace OrleansKd.Silo.Relay;

/// <summary>
/// One reader of one session for all viewers of this process. Invariant: a relay lives in one epoch; when the session's grain moves
/// to another, it ends, every stream from it ends normally, and viewers follow again after the last watermark they were told.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source without timer or links holds nothing to dispose, and viewers may end the relay at any moment.")]
internal sealed partial class SessionRelay(SessionId session, IGrainFactory grains, TranscriptLog log, ClusterWatch cluster, TimeProvider time, ILogger logger)
{
    /// <summary>How often the reads of a busy session ask for viewers' rights.</summary>
    private static readonly TimeSpan ProveEvery = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A second less than a proof lasts: the read that was waiting when something comes brings the proof with it, and every read of a quiet
    /// session proves its viewers' rights.
    /// </summary>
    private static readonly TimeSpan ReadWait = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long after a page its viewer waits for news that are nothing but a watermark: most go with the next entries instead. A rewind may
    /// drop and bring again so much more; nothing is lost by it.
    /// </summary>
    private static readonly TimeSpan WatermarkPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryAtFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryAtMost = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of one read: a few pages, so that a flood needs few calls.</summary>
    private const int ReadBytes = 4 * Limits.PageBytes;

    private readonly Lock gate = new();
    private readonly RelayRing ring = new();
    private readonly List<Viewer> viewers = [];
    private readonly CancellationTokenSource ending = new();
    private TaskCompletionSource changed = NewSignal();
    private long durableThrough;
    private Refusal? refusal;

    /// <summary>The epoch that this relay reads, 0 until its first page.</summary>
    public long Epoch { get; private set; }

    public bool HasEnded => ending.IsCancellationRequested;

    /// <summary>Reads until the epoch changes, the session is refused, or the relay is stopped.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Stopped: nobody watches any more, or the process ends.
        }
        catch (Exception exception)
        {
            LogReaderFailed(exception, session);
        }
        End();
    }

    public void End()
    {
        ending.Cancel();
        Changed();
    }

    /// <summary>Ends a viewer's stream with this, for a reason that the session does not know.</summary>
    public void Refuse(Viewer viewer, Refusal why)
    {
        lock (gate)
            viewer.Refusal = why;
        Changed();
    }

    /// <summary>Pages for one viewer, as its credit allows. Ends normally with the relay.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">The session is gone, or the viewer's right to it.</exception>
    public async IAsyncEnumerable<TranscriptPage> FollowAsync(Viewer viewer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        viewer.ProvenAt = time.GetTimestamp();
        lock (gate)
            viewers.Add(viewer);
        try
        {
            while (await NextAsync(viewer, cancellationToken) is { } page)
            {
                viewer.Sent(page.After + page.Entries.Length, page.Entries.Sum(RelayRing.CostOf), page.DurableThrough);
                viewer.SentAt = time.GetTimestamp();
                yield return page;
            }
        }
        finally
        {
            lock (gate)
                viewers.Remove(viewer);
        }
    }

    private async Task<TranscriptPage?> NextAsync(Viewer viewer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            bool isInTables;
            TimeSpan? untilWatermark = null;
            lock (gate)
            {
                change = changed.Task;
                if ((refusal ?? viewer.Refusal) is { } refused)
                    throw Problems.Hub(refused);
                if (HasEnded)
                    return null;
                isInTables = Epoch != 0 && viewer.Position < ring.StartAfter;
                if (Epoch != 0 && !isInTables && viewer.WaitForCredit(Limits.FollowWindowBytes) is null && MayBeShown(viewer))
                {
                    var through = viewer.DurableOnly ? durableThrough : ring.Last;
                    var entries = ring.Read(viewer.Position, through, Limits.PageBytes);
                    if (durableThrough > viewer.ToldDurable)
                        untilWatermark = WatermarkPause - time.GetElapsedTime(viewer.SentAt);
                    if (entries.Length > 0 || untilWatermark <= TimeSpan.Zero)
                        return new TranscriptPage(Epoch, viewer.Position, entries, durableThrough);
                }
            }
            if (viewer.WaitForCredit(Limits.FollowWindowBytes) is { } credit)
                await Task.WhenAny(credit, change).WaitAsync(cancellationToken);
            else if (isInTables && MayBeShown(viewer) && await FromTablesAsync(viewer, cancellationToken) is { } page)
                return page;
            else if (untilWatermark is { } pause)
                await Task.WhenAny(change, Task.Delay(pause, time, CancellationToken.None)).WaitAsync(cancellationToken);
            else
                await change.WaitAsync(cancellationToken);
        }
    }

    private async Task<TranscriptPage?> FromTablesAsync(Viewer viewer, CancellationToken cancellationToken)
    {
        var entries = await log.Read(session, viewer.Position, Limits.PageBytes, cancellationToken);
        if (entries.Length == 0)
            return null;
        lock (gate)
            return new TranscriptPage(Epoch, viewer.Position, entries, Math.Max(durableThrough, entries[^1].Sequence));
    }

    private async Task ReadAsync()
    {
        var cursor = new ReadCursor(-1, 0, -1, ReadBytes, TimeSpan.Zero);
        var retry = RetryAtFirst;
        long? provenAt = null;
        while (!ending.IsCancellationRequested)
        {
            Outcome<SessionPage> outcome;
            var askedAt = time.GetTimestamp();
            var isToProve = provenAt is null || time.GetElapsedTime(provenAt.Value, askedAt) >= ProveEvery;
            cursor = cursor with { Readers = isToProve ? Readers() : null };
            // An answer that took longer than a proof lasts: what it brought is shown as soon as the rights to it are proved.
            if (isToProve && HasUnproven())
                cursor = cursor with { Wait = TimeSpan.Zero };
            try
            {
                outcome = await cluster.AskAsync(() => grains.Session(session).Read(cursor));
                retry = RetryAtFirst;
            }
            catch (Exception exception) when (Problems.IsTransient(exception))
            {
                LogReadFailed(exception, session);
                await Task.Delay(retry, time, ending.Token);
                retry = retry * 2 < RetryAtMost ? retry * 2 : RetryAtMost;
                continue;
            }
            if (outcome.Refusal is { } refused)
            {
                lock (gate)
                    refusal = refused;
                return;
            }
            var page = outcome.Value!;
            // Before anybody is shown what follows the end of somebody's right, all rights are proved: the same is read again with that.
            if (cursor.Readers is null && Array.Exists(page.Entries, EndsRights))
            {
                provenAt = null;
                continue;
            }
            if (cursor.Readers is { } asked && page.Denied is { } denied)
            {
                Prove(asked, denied, askedAt);
                provenAt = askedAt;
            }
            if (cursor.Epoch != 0 && page.Epoch != cursor.Epoch)
                return;
            Take(page, cursor);
            cursor = new ReadCursor(page.After + page.Entries.Length, page.Epoch, page.DurableThrough, ReadBytes, ReadWait);
        }
    }

    private void Take(SessionPage page, ReadCursor cursor)
    {
        lock (gate)
        {
            // After a jump of the tail (this process fell behind), what lies between is in the tables.
            if (page.After != cursor.After)
                ring.RestartAfter(page.After);
            foreach (var entry in page.Entries)
                ring.Add(TranscriptMapping.ToWire(entry));
            durableThrough = page.DurableThrough;
            Epoch = page.Epoch;
        }
        Changed();
    }

    private static bool EndsRights(SessionLogEntry entry) => entry.Kind is SessionLogEntryKind.AccessTakenAway or SessionLogEntryKind.ClientRevoked
        or SessionLogEntryKind.InvitationDeclined or SessionLogEntryKind.ClientLeft or SessionLogEntryKind.InvitationsExpired
        or SessionLogEntryKind.DeletionAsked or SessionLogEntryKind.TranscriptDamaged;

    private bool HasUnproven()
    {
        lock (gate)
            return viewers.Exists(viewer => viewer.Refusal is null && !IsProven(viewer));
    }

    private Reader[] Readers()
    {
        lock (gate)
            return [.. viewers.Where(viewer => viewer.Refusal is null).Select(viewer => viewer.Reader).Distinct()];
    }

    /// <param name="askedAt">The grain proved it then or later.</param>
    private void Prove(Reader[] asked, DeniedReader[] denied, long askedAt)
    {
        lock (gate)
        {
            foreach (var viewer in viewers)
            {
                if (denied.FirstOrDefault(item => item.Reader == viewer.Reader) is { } found)
                    viewer.Refusal = found.Refusal;
                else if (asked.Contains(viewer.Reader))
                    viewer.ProvenAt = Math.Max(viewer.ProvenAt, askedAt);
            }
        }
    }

    /// <summary>Both halves of rule I6; what is held back goes on with the first read that proves the right again.</summary>
    private bool IsProven(Viewer viewer) => time.GetElapsedTime(viewer.ProvenAt) < Limits.ProofLasts;

    private bool MayBeShown(Viewer viewer) => IsProven(viewer) && cluster.IsInTouch;

    private void Changed()
    {
        TaskCompletionSource woken;
        lock (gate)
            (woken, changed) = (changed, NewSignal());
        woken.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session {Session}: the relay could not read; it tries again.")]
    private partial void LogReadFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}: the relay's reader failed; its viewers follow again.")]
    private partial void LogReaderFailed(Exception exception, SessionId session);
}
