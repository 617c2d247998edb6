namespace OrleansKd.SignIn.Keys;

/// <summary>
/// When keys of one use come and go. The first one is current at once; every other is known for <see cref="KeySchedule.Ahead"/> before it
/// is, so that whoever keeps a copy of the published keys has it by then.
/// </summary>
internal static class KeyRules
{
    /// <summary>Whether another key is to be made now.</summary>
    public static bool IsDue(IReadOnlyCollection<StoredKey> keys, KeySchedule schedule, DateTimeOffset now) =>
        keys.Count == 0 || CurrentSince(InOrder(keys), keys.Count - 1, schedule) + schedule.Period - schedule.Ahead <= now;

    /// <summary>The current key first, then the others.</summary>
    public static IReadOnlyList<StoredKey> CurrentFirst(IReadOnlyCollection<StoredKey> keys, KeySchedule schedule, DateTimeOffset now)
    {
        var ordered = InOrder(keys);
        var current = Enumerable.Range(0, ordered.Length).Last(i => i == 0 || CurrentSince(ordered, i, schedule) <= now);
        return [ordered[current], .. ordered.Where((_, i) => i != current)];
    }

    /// <summary>Keys that nothing needs any more: everything they made has ended.</summary>
    public static IEnumerable<StoredKey> Over(IReadOnlyCollection<StoredKey> keys, KeySchedule schedule, DateTimeOffset now)
    {
        var ordered = InOrder(keys);
        return ordered.Where((_, i) => i < ordered.Length - 1 && CurrentSince(ordered, i + 1, schedule) + schedule.Retention <= now);
    }

    private static StoredKey[] InOrder(IEnumerable<StoredKey> keys) => [.. keys.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal)];

    private static DateTimeOffset CurrentSince(StoredKey[] ordered, int index, KeySchedule schedule) =>
        index == 0 ? ordered[0].CreatedAt : ordered[index].CreatedAt + schedule.Ahead;
}
