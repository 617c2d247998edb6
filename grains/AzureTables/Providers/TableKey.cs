using System.Buffers;

namespace OrleansKd.AzureTables.Providers;

/// <summary>What may stand in PartitionKey and RowKey, as Orleans' official providers write it.</summary>
internal static class TableKey
{
    /// <summary>Azure's limit is 1,024 characters; Orleans refuses keys that reach it.</summary>
    public const int LengthLimit = 1024;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\#?");

    /// <summary>
    /// Each character that Azure refuses becomes <c>_</c>. Not injective (<c>a/b</c> and <c>a_b</c> share a key), because rows
    /// written by the official providers must be found.
    /// </summary>
    /// <exception cref="ArgumentException">The key is too long.</exception>
    public static string Sanitize(string key)
    {
        if (key.Length >= LengthLimit)
        {
            throw new ArgumentException($"The table key '{key}' has {key.Length} characters; fewer than {LengthLimit} are possible. Use shorter ids.", nameof(key));
        }

        return key.AsSpan().ContainsAny(Forbidden)
            ? string.Create(key.Length, key, static (span, source) => source.AsSpan().ReplaceAny(span, Forbidden, '_'))
            : key;
    }
}
