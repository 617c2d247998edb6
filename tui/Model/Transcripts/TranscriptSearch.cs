using System.Text.RegularExpressions;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// Finds text or a regular expression in a transcript's settled lines, in the background and as they come; case does not count unless the
/// pattern has a capital letter. Raises <see cref="Changed"/> on any thread.
/// </summary>
internal sealed class TranscriptSearch(TranscriptModel transcript)
{
    private const int LinesAtOnce = 2_048;

    /// <summary>Longer ones are slips of the clipboard.</summary>
    private const int PatternCharacters = 1_000;

    private readonly Lock gate = new();
    private readonly List<int> lines = [];
    private Regex? pattern;
    private int scanned;
    private int hits;
    private bool isScanning;

    public event Action? Changed;

    /// <summary>There is something to look for.</summary>
    public bool IsOn => pattern is not null;

    /// <summary>Why there is nothing to look for; null when there is, or nothing was typed.</summary>
    public string? Problem { get; private set; }

    /// <summary>Hits so far; several may stand in one line.</summary>
    public int Hits
    {
        get
        {
            lock (gate)
                return hits;
        }
    }

    /// <summary>Looks for something else; an empty pattern for nothing.</summary>
    public void Start(string text, bool isRegularExpression)
    {
        var made = Make(text, isRegularExpression, out var problem);
        lock (gate)
        {
            (pattern, Problem, scanned, hits) = (made, problem, 0, 0);
            lines.Clear();
        }
        GoOn();
    }

    /// <summary>Lines have come.</summary>
    public void GoOn()
    {
        lock (gate)
        {
            if (pattern is null || isScanning || scanned >= transcript.SettledCount)
                return;
            isScanning = true;
        }
        _ = Task.Run(Scan);
    }

    /// <summary>Which of the lines with hits a line is, from 1; 0 for none of them.</summary>
    public int OrdinalOf(int line)
    {
        lock (gate)
            return lines.BinarySearch(line) is >= 0 and var index ? index + 1 : 0;
    }

    public int LineCount
    {
        get
        {
            lock (gate)
                return lines.Count;
        }
    }

    /// <summary>The last line with a hit before this one; from the first one on the last of all.</summary>
    public int? Before(int line) => Find(index => index > 0 ? index - 1 : lines.Count - 1, line);

    /// <summary>The first line with a hit after this one; from the last one on the first of all.</summary>
    public int? After(int line) => Find(index => index < lines.Count ? index : 0, line + 1);

    /// <summary>The hits in a line that is drawn.</summary>
    public List<(int Start, int End)> In(string text)
    {
        List<(int Start, int End)> found = [];
        if (pattern is not { } current)
            return found;
        foreach (var match in current.EnumerateMatches(text))
        {
            if (match.Length > 0)
                found.Add((match.Index, match.Index + match.Length));
        }
        return found;
    }

    private int? Find(Func<int, int> choose, int line)
    {
        lock (gate)
        {
            if (lines.Count == 0)
                return null;
            var index = lines.BinarySearch(line);
            return lines[choose(index < 0 ? ~index : index)];
        }
    }

    private void Scan()
    {
        var fetched = new TranscriptLine[LinesAtOnce];
        while (true)
        {
            Regex current;
            int from;
            lock (gate)
            {
                var room = transcript.SettledCount - scanned;
                if (pattern is null || room <= 0)
                {
                    isScanning = false;
                    break;
                }
                (current, from) = (pattern, scanned);
                fetched = room < LinesAtOnce ? new TranscriptLine[room] : fetched;
            }
            var count = transcript.CopyLines(from, fetched);
            List<int> found = [];
            var more = 0;
            for (var index = 0; index < count; index++)
            {
                var inLine = current.Count(fetched[index].Text);
                if (inLine > 0)
                    found.Add(from + index);
                more += inLine;
            }
            lock (gate)
            {
                // Somebody looks for something else meanwhile.
                if (pattern != current)
                    continue;
                lines.AddRange(found);
                (scanned, hits) = (from + count, hits + more);
            }
            Changed?.Invoke();
        }
        Changed?.Invoke();
    }

    private static Regex? Make(string text, bool isRegularExpression, out string? problem)
    {
        problem = null;
        if (text.Length == 0)
            return null;
        if (text.Length > PatternCharacters)
        {
            problem = $"That is longer than {PatternCharacters} characters.";
            return null;
        }
        var options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | (text.Any(char.IsUpper) ? RegexOptions.None : RegexOptions.IgnoreCase);
        try
        {
            return new Regex(isRegularExpression ? text : Regex.Escape(text), options);
        }
        catch (RegexParseException malformed)
        {
            problem = $"Not a regular expression: {malformed.Message}";
        }
        catch (NotSupportedException)
        {
            problem = "Back references and looking around are not supported: they could take for ever on a long transcript.";
        }
        return null;
    }
}
