using System.Globalization;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Where a log row stands: the only place that knows the keys' text. Keys of one generation stand together, in the order of their
/// numbers, and apart from the head.
/// </summary>
internal readonly record struct RowId(long Generation, long Number)
{
    public string Key => Generation == 0 ? $"r{Number:D19}" : $"c{Generation:D10}-{Number:D19}";

    /// <summary>Sorts after every row of this generation, and before every other row that sorts after those.</summary>
    public string KeyEnd => Generation == 0 ? "s" : $"c{Generation:D10}.";

    public RowId Next => this with { Number = Number + 1 };

    /// <summary>Null for what is no log row's key.</summary>
    public static RowId? TryParse(string key)
    {
        if (key is ['r', .. var plain])
        {
            return TryNumber(plain) is { } number ? new RowId(0, number) : null;
        }

        return key is ['c', .. var merged] && merged.Split('-') is [var first, var second]
            && TryNumber(first) is { } generation && TryNumber(second) is { } inGeneration
                ? new RowId(generation, inGeneration)
                : null;
    }

    private static long? TryNumber(string digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
