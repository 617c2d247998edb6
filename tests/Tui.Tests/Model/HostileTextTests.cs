using System.Text;
using System.Text.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Testing.Hostile;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>The corpus through everything of the client that shows text (rule G5).</summary>
public sealed class HostileTextTests
{
    public static TheoryData<HostileText> Corpus => [.. HostileTexts.All];

    /// <summary><c>watch</c>, <c>run</c> and exported text.</summary>
    [Theory, MemberData(nameof(Corpus), DisableDiscoveryEnumeration = true)]
    public void TranscriptText_WhereverOutputIsSplit_IsVisibleAndTheSame(HostileText hostile)
    {
        var whole = Written(hostile.Bytes);
        AssertShown(whole, hostile);
        foreach (var split in Splits(hostile))
            Assert.Equal(whole, Written(hostile.Bytes[..split], hostile.Bytes[split..]));
    }

    /// <summary>The transcript's view: what a person looks at, finds in and copies from.</summary>
    [Theory, MemberData(nameof(Corpus), DisableDiscoveryEnumeration = true)]
    public void TranscriptModel_WhereverOutputIsSplit_HasVisibleLinesAndTheSame(HostileText hostile)
    {
        var whole = Lines(hostile.Bytes);
        Assert.Null(Shown.ProblemOf(string.Join('\n', whole)));
        Assert.All(whole, line => Assert.Null(Shown.ProblemOf(line, isOneLine: true)));
        foreach (var split in Splits(hostile))
            Assert.Equal(whole, Lines(hostile.Bytes[..split], hostile.Bytes[split..]));
    }

    /// <summary>Names, reasons and texts that people write, in entries of every kind.</summary>
    [Theory, MemberData(nameof(Corpus), DisableDiscoveryEnumeration = true)]
    public void Entries_OfEveryKind_AreOneVisibleLine(HostileText hostile)
    {
        var person = new UserSummary(hostile.Text, hostile.Text, hostile.Text);
        foreach (var kind in Enum.GetValues<TranscriptEntryKind>().Where(kind => kind is not TranscriptEntryKind.Output))
        {
            var entry = new TranscriptEntry { Sequence = 1, At = ScriptedTranscript.Start, Kind = kind, Text = hostile.Text, Author = person, Person = person, Computer = hostile.Text, Key = hostile.Text, Signal = hostile.Text };
            if (EntryText.LineFor(entry, new EnteredCommand(hostile.Text, person, person)) is { } line)
                Assert.True(Shown.ProblemOf(line, isOneLine: !line.Contains('\t', StringComparison.Ordinal)) is null, $"{kind}: {Shown.ProblemOf(line, isOneLine: true)}");
        }
    }

    /// <summary>Lists, tables and messages of the command line; <c>--json</c> and JSON Lines are ASCII.</summary>
    [Theory, MemberData(nameof(Corpus), DisableDiscoveryEnumeration = true)]
    public void CommandLine_WritesVisibleLinesOrAscii(HostileText hostile)
    {
        AssertShown(TextTable.Cell(hostile.Text), hostile, isOneLine: true);
        AssertShown(VisibleText.From(new ProblemException(ProblemCodes.Unavailable, hostile.Text).Message.ReplaceLineEndings("\n")), hostile);
        var json = JsonSerializer.Serialize(new TranscriptEntry { Sequence = 1, At = ScriptedTranscript.Start, Kind = TranscriptEntryKind.Output, Data = hostile.Bytes, Text = hostile.Text }, WireJson.Options);
        Assert.True(Ascii.IsValid(json));
        Assert.Null(Shown.ProblemOf(json, isOneLine: true));
    }

    /// <summary>Whatever has a look of its own is refused or shown as what it is; the same on one line and many.</summary>
    [Theory, MemberData(nameof(Corpus), DisableDiscoveryEnumeration = true)]
    public void VisibleText_MadeTwice_IsTheSame(HostileText hostile)
    {
        AssertShown(VisibleText.Line(hostile.Text), hostile, isOneLine: true);
        Assert.Equal(VisibleText.From(hostile.Text), VisibleText.From(VisibleText.From(hostile.Text)));
        Assert.False(VisibleText.HasHidden(VisibleText.Line(hostile.Text), isOneLine: true) && !hostile.Text.Contains('\ufffd', StringComparison.Ordinal));
    }

    private static void AssertShown(string text, HostileText hostile, bool isOneLine = false)
    {
        Assert.Null(Shown.ProblemOf(text, isOneLine));
        Assert.Null(Shown.MissingOf(text, hostile));
    }

    /// <summary>Every byte border; of a long text those near its ends.</summary>
    private static IEnumerable<int> Splits(HostileText hostile) =>
        Enumerable.Range(1, hostile.Bytes.Length - 1).Where(split => hostile.Bytes.Length < 400 || split < 100 || split > hostile.Bytes.Length - 100);

    private static string Written(params byte[][] pieces)
    {
        var writer = new TranscriptText();
        var text = new StringBuilder();
        foreach (var entry in Entries(pieces))
            writer.Append(entry, text);
        writer.Finish(text);
        return text.ToString();
    }

    private static string[] Lines(params byte[][] pieces)
    {
        var model = new TranscriptModel();
        model.Apply(new TranscriptUpdate.Page(new TranscriptPage(1, 0, [.. Entries(pieces)], pieces.Length)));
        var lines = new TranscriptLine[model.Count];
        model.CopyLines(0, lines);
        return [.. lines.Select(line => line.Text)];
    }

    private static IEnumerable<TranscriptEntry> Entries(byte[][] pieces) =>
        pieces.Select((bytes, index) => new TranscriptEntry { Sequence = index + 1, At = ScriptedTranscript.Start, Kind = TranscriptEntryKind.Output, Data = bytes });
}
