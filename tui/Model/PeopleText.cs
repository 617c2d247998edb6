using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Model;

/// <summary>Who watches, in one line: the host first, what others may do behind their names.</summary>
internal static class PeopleText
{
    /// <summary>As many names as fit, and how many more there are.</summary>
    public static string Bar(SessionSnapshot now, int columns)
    {
        var names = now.Present.OrderByDescending(person => IsHost(now, person)).ThenBy(person => person.Name, StringComparer.OrdinalIgnoreCase).Select(person => NameOf(now, person)).ToArray();
        for (var shown = names.Length; shown > 0; shown--)
        {
            var text = string.Join(", ", names[..shown]) + (shown < names.Length ? $" +{names.Length - shown}" : "");
            if (LineWrap.Columns(text) <= columns)
                return text;
        }
        var count = names.Length == 0 ? "" : $"{names.Length} here";
        return count.Length <= columns ? count : "";
    }

    private static string NameOf(SessionSnapshot now, UserSummary person)
    {
        var name = EntryText.Safe(person.Name);
        if (IsHost(now, person))
            return name + " (host)";
        return now.Operators.FirstOrDefault(other => other.Person.Email == person.Email)?.Right switch
        {
            OperatorRight.Full => name + " (full control)",
            OperatorRight.Inspect => name + " (inspects)",
            _ => name,
        };
    }

    private static bool IsHost(SessionSnapshot now, UserSummary person) => person.Email == now.Host?.Email;
}
