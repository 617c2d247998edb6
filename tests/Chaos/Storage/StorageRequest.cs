using System.Globalization;
using System.Net;
using System.Text;

namespace OrleansKd.Chaos.Storage;

/// <summary>What a request to the table of session logs does, told from its bytes alone: the product has no hooks for tests.</summary>
internal enum StorageRequestKind
{
    /// <summary>Another table, or nothing that is told apart.</summary>
    Other,

    /// <summary>Inserts a row of the log's own generation, together with the head.</summary>
    Append,

    /// <summary>A step of compaction: inserts a row of the next generation, together with the head.</summary>
    Merge,

    /// <summary>Compaction makes the next generation the log: the head alone, in a transaction.</summary>
    Switch,

    /// <summary>Deletes rows of earlier generations.</summary>
    Tidy,

    /// <summary>Makes or replaces the head outside a transaction: a new activation's epoch.</summary>
    TakeOver,

    /// <summary>Reads rows of a log.</summary>
    Read,

    /// <summary>Looks at the head.</summary>
    ReadHead,
}

/// <param name="Rows">Keys of the rows that it writes, deletes or asks for, as far as they are told.</param>
internal sealed record StorageRequest(StorageRequestKind Kind, string Method, string Target, string Rows)
{
    private const string Table = "OrleansKdSessionLog";

    public static StorageRequest From(string method, string target, ReadOnlySpan<byte> body)
    {
        var (kind, rows) = target.Contains("$batch", StringComparison.Ordinal) ? OfBatch(body) : OfSingle(method, WebUtility.UrlDecode(target), body);
        return new StorageRequest(kind, method, target, rows);
    }

    private static (StorageRequestKind, string) OfBatch(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf(Encoding.ASCII.GetBytes(Table)) < 0)
            return (StorageRequestKind.Other, "");
        if (body.IndexOf("DELETE "u8) >= 0)
            return (StorageRequestKind.Tidy, $"{Count(body, "DELETE "u8)} rows");
        var inserted = "";
        var generation = 0L;
        for (var rest = body; Next(ref rest, "\"RowKey\":\""u8) is { } key;)
            inserted = key == "head" ? inserted : key;
        for (var rest = body; Next(ref rest, "\"Generation\":\""u8) is { } of;)
            generation = long.Parse(of, CultureInfo.InvariantCulture);
        if (inserted.Length == 0)
            return (StorageRequestKind.Switch, "head");
        return (GenerationOf(inserted) > generation ? StorageRequestKind.Merge : StorageRequestKind.Append, inserted);
    }

    private static (StorageRequestKind, string) OfSingle(string method, string target, ReadOnlySpan<byte> body)
    {
        if (!target.Contains("/" + Table, StringComparison.Ordinal))
            return (StorageRequestKind.Other, "");
        var isHead = target.Contains("RowKey='head'", StringComparison.Ordinal);
        return method switch
        {
            "GET" when isHead => (StorageRequestKind.ReadHead, "head"),
            // What tidies asks for keys only; who reads a log wants entries.
            "GET" when !target.Contains("$select=PartitionKey,RowKey", StringComparison.Ordinal) => (StorageRequestKind.Read, FilterOf(target)),
            "PUT" or "MERGE" or "PATCH" when isHead => (StorageRequestKind.TakeOver, "head"),
            "POST" when body.IndexOf("\"RowKey\":\"head\""u8) >= 0 => (StorageRequestKind.TakeOver, "head (new)"),
            _ => (StorageRequestKind.Other, ""),
        };
    }

    private static long GenerationOf(string row) =>
        row is ['c', .. var rest] ? long.Parse(rest.AsSpan(0, rest.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static string? Next(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name)
    {
        var at = rest.IndexOf(name);
        if (at < 0)
            return null;
        rest = rest[(at + name.Length)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0 ? null : Encoding.UTF8.GetString(rest[..end]);
    }

    private static int Count(ReadOnlySpan<byte> body, ReadOnlySpan<byte> what)
    {
        var count = 0;
        for (int at; (at = body.IndexOf(what)) >= 0; body = body[(at + what.Length)..])
            count++;
        return count;
    }

    private static string FilterOf(string target)
    {
        var from = target.IndexOf("RowKey ge '", StringComparison.Ordinal);
        return from < 0 ? "rows" : "from " + target[(from + 11)..].Split('\'')[0];
    }
}
