using OrleansKd.Contracts;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.Sessions;

namespace OrleansKd.Silo.Relay;

/// <summary>This process's relays: one for each session that somebody here watches, ended with its last viewer.</summary>
internal sealed class SessionRelays : IDisposable
{
    private readonly Dictionary<SessionId, Entry> relays = [];
    private readonly Lock gate = new();
    private readonly IGrainFactory grains;
    private readonly TranscriptLog log;
    private readonly ClusterWatch cluster;
    private readonly TimeProvider time;
    private readonly ILogger<SessionRelays> logger;
    private readonly CancellationTokenRegistration stopping;
    private bool isStopping;

    public SessionRelays(IGrainFactory grains, TranscriptLog log, ClusterWatch cluster, TimeProvider time, ILogger<SessionRelays> logger, IHostApplicationLifetime lifetime)
    {
        (this.grains, this.log, this.cluster, this.time, this.logger) = (grains, log, cluster, time, logger);
        stopping = lifetime.ApplicationStopping.Register(EndAll);
    }

    /// <summary>The relay of a session, for as long as the lease is held. Null while the process stops.</summary>
    public Lease? Acquire(SessionId session)
    {
        lock (gate)
        {
            if (isStopping)
                return null;
            if (!relays.TryGetValue(session, out var entry) || entry.Relay.HasEnded)
            {
                entry = new Entry(new SessionRelay(session, grains, log, cluster, time, logger));
                relays[session] = entry;
                _ = entry.Relay.RunAsync();
            }
            entry.Leases++;
            return new Lease(this, session, entry);
        }
    }

    public void Dispose() => stopping.Dispose();

    private void Release(SessionId session, Entry entry)
    {
        lock (gate)
        {
            if (--entry.Leases > 0)
                return;
            entry.Relay.End();
            if (relays.TryGetValue(session, out var current) && ReferenceEquals(current, entry))
                relays.Remove(session);
        }
    }

    private void EndAll()
    {
        lock (gate)
        {
            isStopping = true;
            foreach (var entry in relays.Values)
                entry.Relay.End();
        }
    }

    internal sealed class Entry(SessionRelay relay)
    {
        public SessionRelay Relay => relay;

        public int Leases { get; set; }
    }

    internal sealed class Lease(SessionRelays owner, SessionId session, Entry entry) : IDisposable
    {
        private bool isReleased;

        public SessionRelay Relay => entry.Relay;

        public void Dispose()
        {
            if (!isReleased)
                owner.Release(session, entry);
            isReleased = true;
        }
    }
}
