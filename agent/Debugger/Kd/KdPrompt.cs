using System.Text.RegularExpressions;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// The engine's prompts: <c>kd&gt; </c>, <c>0: kd&gt; </c>, <c>lkd&gt; </c>, <c>16.kd:x86&gt; </c>, <c>0:000&gt; </c>, <c>0:000:x86&gt; </c>,
/// <c>||0:0:000&gt; </c> (several systems), <c>NoTarget&gt; </c>. They have no line of their own: what was printed before may end anywhere.
/// </summary>
internal static partial class KdPrompt
{
    /// <summary>The longest prompt has numbers of systems, processes and threads and a processor's name: half of this.</summary>
    public const int MaxBytes = 64;

    /// <summary>The prompt of an engine without a target.</summary>
    public const string NoTarget = "NoTarget> ";

    /// <summary>Whether it is a kernel debugger's.</summary>
    public static bool IsKernel(string prompt) => prompt.Contains("kd", StringComparison.Ordinal);

    /// <summary>Number of bytes at the end that are a whole prompt; 0 when they are none.</summary>
    public static int LengthAtEnd(ReadOnlySpan<byte> text) => Match(Whole(), text);

    /// <summary>Number of bytes at the end that are a prompt, or could become one.</summary>
    public static int PossibleLengthAtEnd(ReadOnlySpan<byte> text) => Match(Possible(), text);

    /// <summary>The last prompt anywhere in it; null when there is none.</summary>
    /// <param name="behind">Where it ends.</param>
    public static string? LastIn(ReadOnlySpan<byte> text, out int behind)
    {
        for (behind = 0; text.LastIndexOf("> "u8) is var at and >= 0; text = text[..at])
        {
            behind = at + 2;
            if (LengthAtEnd(text[..behind]) is var length and > 0)
                return System.Text.Encoding.Latin1.GetString(text[(behind - length)..behind]);
        }
        return null;
    }

    private static int Match(Regex pattern, ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, MaxBytes);
        Span<char> end = stackalloc char[length];
        System.Text.Encoding.Latin1.GetChars(text[^length..], end);
        foreach (var match in pattern.EnumerateMatches(end))
            return match.Length;
        return 0;
    }

    // A user-mode prompt has two numbers or more; a kernel's has a processor, or a machine type and a point, or nothing.
    [GeneratedRegex(@"(?:(?:\|\|[0-9]+:)?(?:(?:[0-9]+:){1,2}[0-9]{1,6}(?::[A-Za-z0-9_]+)?|(?:[0-9]+\.)?(?:[0-9]+: ?)?(?:[0-9]+\.)?l?kd(?::[A-Za-z0-9_]+)?)|NoTarget)> \z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?:\|{1,2}[0-9:]*|[0-9][0-9:.]*)? ?(?:(?:l|l?k|l?kd(?::[A-Za-z0-9_]*)?|(?<=:)[A-Za-z][A-Za-z0-9_]*|N[oTarget]{0,7})?(?:> ?)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Possible();
}
