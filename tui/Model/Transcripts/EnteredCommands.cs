using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>Commands that were entered and have neither started nor been cancelled, by id.</summary>
internal sealed class EnteredCommands
{
    private readonly Dictionary<string, EnteredCommand> waiting;

    public EnteredCommands() => waiting = [];

    private EnteredCommands(EnteredCommands other) => waiting = new(other.waiting);

    public EnteredCommands Copy() => new(this);

    /// <summary>Takes note of an entry; the command that it starts or cancels, as far as its text is known.</summary>
    public EnteredCommand? Take(TranscriptEntry entry)
    {
        if (entry.CommandId is not { } id)
            return null;
        switch (entry.Kind)
        {
            case TranscriptEntryKind.CommandEntered:
                waiting[id] = new EnteredCommand(entry.Text ?? "", entry.Author, entry.SuggestionId is null ? null : entry.Person);
                return null;
            case TranscriptEntryKind.CommandStarted when waiting.Remove(id, out var started):
                return started;
            case TranscriptEntryKind.CommandStarted:
                return new EnteredCommand(entry.Text ?? "(a command entered earlier)", entry.Author);
            case TranscriptEntryKind.CommandCancelled:
                return waiting.Remove(id, out var cancelled) ? cancelled : null;
            default:
                return null;
        }
    }
}
