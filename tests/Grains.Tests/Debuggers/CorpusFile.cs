using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansKd.Grains.Tests.Debuggers;

/// <summary>
/// Lines of a debugger with a verdict, one file for each: <c>KIND.VERDICT.txt</c>. A line that begins with <c>//</c> is ours;
/// <c>{{U+202E}}</c> is that character.
/// </summary>
internal static partial class CorpusFile
{
    public static IReadOnlyList<string> Lines(string kind, string verdict) =>
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Debuggers", "Corpus", $"{kind}.{verdict}.txt"))
            .Where(line => !line.StartsWith("//", StringComparison.Ordinal))
            .Select(Decoded)];

    /// <summary>Lines of the form <c>EXPECTED :: LINE</c>.</summary>
    public static IReadOnlyList<(string Expected, string Line)> Expectations(string kind, string verdict) =>
        [.. Lines(kind, verdict).Select(line => line.Split(" :: ", 2)).Select(parts => (parts[0], parts[1]))];

    private static string Decoded(string line) =>
        Character().Replace(line, match => char.ConvertFromUtf32(int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"\{\{U\+([0-9A-F]{4,6})\}\}")]
    private static partial Regex Character();
}
