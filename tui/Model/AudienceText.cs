using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Model;

/// <summary>To whom something happens that the host is about to do, in a sentence of a question.</summary>
internal static class AudienceText
{
    /// <summary>People who are named one by one; more of them would hide the question.</summary>
    private const int Named = 3;

    /// <summary>Who watches, and who is invited beside them; empty when it concerns nobody else.</summary>
    public static string Of(SessionDetails session)
    {
        var watching = session.Clients.Where(client => session.Present.Any(person => person.Email == client.Email)).ToArray();
        var others = session.Clients.Except(watching).ToArray();
        return (watching.Length, others.Length) switch
        {
            (0, 0) => "",
            (0, _) => $"Invited, not here now: {Names(others)}.",
            (_, 0) => $"Watching now: {Names(watching)}.",
            _ => $"Watching now: {Names(watching)}. Invited: {Names(others)}.",
        };
    }

    private static string Names(UserSummary[] people) => people.Length <= Named
        ? string.Join(", ", people.Select(EntryText.Person))
        : $"{people.Length} clients ({string.Join(", ", people.Take(Named - 1).Select(EntryText.Person))}, …)";
}
