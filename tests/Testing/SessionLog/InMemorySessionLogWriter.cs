using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Testing.SessionLog;

internal sealed class InMemorySessionLogWriter(InMemorySessionLog log, SessionId session, SessionLogHead head) : ISessionLogWriter
{
    private int appending;
    private Exception? unusable;

    public SessionLogHead Head { get; private set; } = head;

    public async Task Append(IReadOnlyList<SessionLogEntry> entries, RunPosition run, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref appending, 1) != 0)
        {
            throw new InvalidOperationException($"An append to session {session}'s log is under way: a writer takes one at a time.");
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (unusable is not null)
            {
                throw new SessionLogUnknownException(session, unusable);
            }

            var next = SessionLogAppend.Apply(Head, entries, run);
            if (!await Write(next, entries, cancellationToken))
            {
                throw new SessionLogFencedException(session, Head.Epoch);
            }

            Head = next;
        }
        finally
        {
            Volatile.Write(ref appending, 0);
        }
    }

    public async Task Compact(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (log.BeforeCompact is { } before)
        {
            await before(session).WaitAsync(cancellationToken);
        }

        if (unusable is not null)
        {
            throw new SessionLogUnknownException(session, unusable);
        }

        if (!log.IsCurrent(session, Head.Epoch))
        {
            throw new SessionLogFencedException(session, Head.Epoch);
        }
    }

    private async Task<bool> Write(SessionLogHead next, IReadOnlyList<SessionLogEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            if (log.BeforeAppend is { } before)
            {
                await before(session, entries).WaitAsync(cancellationToken);
            }

            if (!log.TryAppend(session, next, entries))
            {
                return false;
            }

            if (log.AfterAppend is { } after)
            {
                await after(session, entries).WaitAsync(cancellationToken);
            }

            return true;
        }
        // Whatever a hook throws stands for a storage failure in the middle of a write.
        catch (Exception e)
        {
            unusable = e;
            throw new SessionLogUnknownException(session, e);
        }
    }
}
