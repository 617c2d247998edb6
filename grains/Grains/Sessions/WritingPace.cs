using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>How much each person writes into a session, in this activation's memory: at most eleven people.</summary>
internal sealed class WritingPace(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<UserId, Queue<long>> written = [];

    /// <summary>Counts one more; null when it is within the limit.</summary>
    public Refusal? TryCount(UserId person)
    {
        if (!written.TryGetValue(person, out var times))
            written[person] = times = new();
        while (times.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
            times.Dequeue();
        if (times.Count >= Limits.NotesPerMinute)
            return new(ProblemCodes.LimitReached, $"You wrote {Limits.NotesPerMinute} notes and suggestions within a minute, which is the most. Wait a little.");
        times.Enqueue(time.GetTimestamp());
        return null;
    }
}
