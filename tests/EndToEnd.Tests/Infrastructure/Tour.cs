using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansKd.EndToEnd.Tests.Infrastructure;

/// <summary>
/// The one shell block below <see cref="Heading"/>. A comment at a line's end is what is claimed of it: <c># → WORDS</c>, it writes these
/// words; <c># exit code N</c> or <c># exit code N → WORDS</c>, it ends with that code, not with 0.
/// </summary>
internal sealed partial class Tour
{
    private const string Heading = "\n## A tour by the command line\n";
    private const string Begin = "```sh\n";
    private const string End = "\n```\n";

    /// <summary>No line writes this: it separates what each one wrote.</summary>
    private const string Mark = "\u0001ended:";

    private Tour(IReadOnlyList<Line> lines) => Lines = lines;

    public IReadOnlyList<Line> Lines { get; }

    /// <summary>The folder of the solution that this test was built from.</summary>
    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansKd.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No OrleansKd.sln above {AppContext.BaseDirectory}.");
    }

    public static Tour Read(string readme)
    {
        var section = File.ReadAllText(readme).Split(Heading) is [_, var rest] ? rest : throw new InvalidDataException($"{readme} has no one section '{Heading.Trim()}'.");
        var begin = section.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var block = section[begin..section.IndexOf(End, begin, StringComparison.Ordinal)];
        return new Tour([.. block.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).Select(Parse)]);
    }

    /// <summary>A script that runs <paramref name="prelude"/> and then every line in one shell, whatever the lines before ended with.</summary>
    public string ScriptAfter(string prelude) =>
        string.Join('\n', [prelude, "exec 2>&1", .. Lines.Select(line => $"{line.Text}\nprintf '\\n\\001ended:%s\\n' $?"), "exit 0"]);

    /// <summary>What every line that ended did, in order.</summary>
    public static IReadOnlyList<Outcome> OutcomesIn(string output)
    {
        var parts = output.Split(Mark);
        return [.. parts.Skip(1).Select((part, index) => new Outcome(
            int.Parse(part[..part.IndexOf('\n', StringComparison.Ordinal)], CultureInfo.InvariantCulture),
            index == 0 ? parts[0] : parts[index][parts[index].IndexOf('\n', StringComparison.Ordinal)..]))];
    }

    private static Line Parse(string text)
    {
        var claim = Claim().Match(text);
        return new Line(text, claim.Groups["code"] is { Success: true, Value: var code } ? int.Parse(code, CultureInfo.InvariantCulture) : 0, claim.Groups["words"].Value);
    }

    [GeneratedRegex(@" #(?: exit code (?<code>\d+))?(?: → (?<words>.+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Claim();

    /// <param name="Writes">Words that are in what it writes; empty: nothing is claimed.</param>
    internal sealed record Line(string Text, int ExitCode, string Writes);

    /// <param name="Written">On both its standard output and its standard error.</param>
    internal sealed record Outcome(int ExitCode, string Written);
}
