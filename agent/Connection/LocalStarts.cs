using OrleansKd.Agent.Control;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>
/// With <c>--local-start-only</c>, a debugger is started only after a program of this user has asked for it on this computer: the server can
/// neither invent that nor change what it was asked for. Each such word is good for one start, within <see cref="GoodFor"/>.
/// </summary>
internal sealed class LocalStarts(bool isOnly, TimeProvider time)
{
    /// <summary>A server that is busy, or lost and asked again, takes a while to bring the request.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);

    /// <summary>Words that wait: what is beyond is not a person's, and the oldest goes.</summary>
    private const int MaxWaiting = 64;

    private readonly Lock gate = new();
    private readonly List<(LocalStart Start, DateTimeOffset Until)> waiting = [];

    /// <summary>False: the server's word is enough.</summary>
    public bool IsOnly => isOnly;

    /// <summary>The user asks here; the same again is the same word.</summary>
    public void Announce(LocalStart start)
    {
        lock (gate)
        {
            Forget(start);
            if (waiting.Count == MaxWaiting)
                waiting.RemoveAt(0);
            waiting.Add((start, time.GetUtcNow() + GoodFor));
        }
    }

    /// <summary>Whether the server's request is one that was asked for here. It is used up then.</summary>
    public bool MayStart(AgentRequest request)
    {
        if (!isOnly)
            return true;
        lock (gate)
        {
            var asked = request.Run == 1 ? LocalStart.OfNew(request.Debugger, request.Arguments, request.SecureMode) : LocalStart.OfReopened(request.SessionId);
            return Forget(asked);
        }
    }

    /// <summary>True when it was there, in time.</summary>
    private bool Forget(LocalStart start)
    {
        var now = time.GetUtcNow();
        waiting.RemoveAll(item => item.Until < now);
        return waiting.RemoveAll(item => item.Start == start) > 0;
    }
}
