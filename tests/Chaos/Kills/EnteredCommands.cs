using System.Globalization;
using System.Text.RegularExpressions;
using OrleansKd.Agent.Api;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Chaos.Kills;

/// <summary>
/// Commands that are entered while silos die, each with a text of its own: whatever became of the answer, gdb runs each at most
/// once, and exactly once when it was accepted and not cancelled.
/// </summary>
internal sealed partial class EnteredCommands(StreamedSession session)
{
    /// <summary>They wait until the program ends; the session takes 100.</summary>
    private const int Most = 80;

    private readonly List<(int Number, Task<string?> Id)> entered = [];

    /// <summary>Enters one more; completes with the answer, or when none comes any more.</summary>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        if (entered.Count >= Most)
            return Task.CompletedTask;
        var asked = EnterAsync(entered.Count + 1, cancellationToken);
        entered.Add((entered.Count + 1, asked));
        return asked;
    }

    /// <summary>Compares what was entered with the log and with what gdb printed.</summary>
    public async Task<(int Accepted, int Run, int Cancelled)> CheckAsync(IReadOnlyList<SessionLogEntry> log, string printed)
    {
        var cancelled = log.Where(entry => entry.Kind is SessionLogEntryKind.CommandCancelled).Select(entry => SessionLogEntryBody.Decode(entry.Body).CommandId).ToHashSet();
        var runs = Printed().Matches(printed).CountBy(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).ToDictionary();
        var (accepted, run, dropped) = (0, 0, 0);
        foreach (var (number, asked) in entered)
        {
            var times = runs.GetValueOrDefault(number);
            var id = await asked;
            var isCancelled = id is not null && cancelled.Contains(id);
            if (times > 1 || (isCancelled && times > 0) || (id is not null && !isCancelled && times == 0))
                throw new InvalidDataException($"Command {number} ({(id is null ? "answer lost" : isCancelled ? "cancelled" : "accepted")}) ran {times} times.");
            accepted += id is null ? 0 : 1;
            run += times;
            dropped += isCancelled ? 1 : 0;
        }
        return (accepted, run, dropped);
    }

    private async Task<string?> EnterAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.EnterAsync(string.Create(CultureInfo.InvariantCulture, $"echo command-{number}-ran\\n"), cancellationToken)).CommandId;
        }
        catch (ProblemException)
        {
            // Refused, or the answer died with the silo.
            return null;
        }
    }

    [GeneratedRegex("command-([0-9]+)-ran")]
    private static partial Regex Printed();
}
