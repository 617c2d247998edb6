using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Relay;

/// <summary>
/// Follows that are open in this process, counted for each connection and each user. A follow that nobody reads costs what
/// <see cref="Viewer"/> says, so these numbers times that are what one stranger can make this process hold.
/// </summary>
internal sealed class OpenFollows
{
    /// <summary>Command windows of one client program: far more than anybody looks at. 64 times a page under way is 4 MB.</summary>
    public const int OfConnection = 64;

    /// <summary>One user's, over all connections to this process: a desk of programs, and scripts beside them.</summary>
    public const int OfUser = 256;

    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Before anything is asked of the cluster: refusing must cost next to nothing.</summary>
    public Outcome<Place> OpenOnConnection(string connection) => Open($"connection {connection}", OfConnection,
        $"This connection follows {OfConnection} transcripts already, which is the most. End one of them first.");

    public Outcome<Place> OpenForUser(string user) => Open($"user {user}", OfUser,
        $"You follow {OfUser} transcripts and lists through this server already, which is the most. Close a window or end a program that follows.");

    private Outcome<Place> Open(string who, int most, string refusal)
    {
        lock (gate)
        {
            var open = counts.GetValueOrDefault(who);
            if (open >= most)
                return new Refusal(ProblemCodes.LimitReached, refusal);
            counts[who] = open + 1;
        }
        return new Place(this, who);
    }

    private void Close(string who)
    {
        lock (gate)
        {
            if (--counts[who] == 0)
                counts.Remove(who);
        }
    }

    internal sealed class Place(OpenFollows owner, string who) : IDisposable
    {
        private bool isClosed;

        public void Dispose()
        {
            if (!isClosed)
                owner.Close(who);
            isClosed = true;
        }
    }
}
