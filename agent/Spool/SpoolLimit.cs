using System.Globalization;

namespace OrleansKd.Agent.Spool;

/// <summary>The text form of a spool's limit: a number of bytes, or one with a unit (<c>500MB</c>, <c>2 GB</c>; units of 1024).</summary>
public static class SpoolLimit
{
    /// <summary>Below it the server's own buffers are larger and the debugger would be held all the time.</summary>
    public const long MinBytes = 1024 * 1024;

    /// <summary>A mistyped number, not a limit.</summary>
    public const long MaxBytes = 1L << 44;

    private static readonly (string Unit, long Bytes)[] Units = [("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("B", 1)];

    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var number = (text ?? "").Trim();
        var (unit, factor) = Units.FirstOrDefault(known => number.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        if (!decimal.TryParse(number[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > MaxBytes)
            return false;
        bytes = (long)(count * factor);
        return bytes is >= MinBytes and <= MaxBytes;
    }
}
