using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>A transcript that a test fills entry by entry, each durable at once.</summary>
internal sealed class Lines
{
    private long sequence;

    public TranscriptModel Transcript { get; } = new();

    public Lines Prints(string text) => Add(TranscriptEntryKind.Output, entry => entry with { Data = Encoding.UTF8.GetBytes(text) });

    /// <summary>A command that has run: as many lines as told.</summary>
    public Lines Ran(string command, int lines) => Runs(command).Prints(string.Concat(Enumerable.Range(0, lines).Select(line => $"{command} {line}\n"))).Completes(command).Prints("> ");

    /// <summary>A command that runs.</summary>
    public Lines Runs(string command) =>
        Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = command, Text = command, Author = ScriptedServer.Ann })
            .Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = command });

    public Lines Completes(string command) => Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = command });

    public Lines Add(TranscriptEntryKind kind, Func<TranscriptEntry, TranscriptEntry> make)
    {
        var entry = make(new TranscriptEntry { Sequence = ++sequence, At = ScriptedTranscript.Start, Kind = kind });
        Transcript.Apply(new TranscriptUpdate.Page(new TranscriptPage(1, sequence - 1, [entry], sequence)));
        return this;
    }

    public string[] All()
    {
        var lines = new TranscriptLine[Transcript.Count];
        return [.. lines[..Transcript.CopyLines(0, lines)].Select(line => line.Text)];
    }
}
