namespace OrleansKd.Agent.Spool;

/// <summary>Where a block of UTF-8 can be cut.</summary>
internal static class Utf8Tail
{
    /// <summary>Number of bytes (0 to 3) at the end that begin a code point whose rest is missing. Bytes that are no UTF-8 are never held back.</summary>
    public static int IncompleteLength(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            var lead = bytes[^length];
            if ((lead & 0xC0) == 0x80)
                continue;
            var needed = lead switch { >= 0xF0 and <= 0xF4 => 4, >= 0xE0 and < 0xF0 => 3, >= 0xC2 and < 0xE0 => 2, _ => 1 };
            return needed > length ? length : 0;
        }
        return 0;
    }
}
