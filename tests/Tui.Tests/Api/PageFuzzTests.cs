using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Testing.Fuzz;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Api;

/// <summary>
/// Pages of a broken or hostile server, as a follower and the transcript's window read them: never a crash, a step back behind what is
/// durable, or an entry twice; and after it, from an honest server, exactly the durable transcript.
/// </summary>
public sealed class PageFuzzTests
{
    [Fact]
    public void Pages_WhateverTheyAre_AreTakenWholeOrRefused_AndTheTranscriptConverges() => Fuzzing.Run("pages", 5, one =>
    {
        var durableOnly = one.Chance(2);
        TranscriptEntry[] log = [.. Enumerable.Range(1, 1 + one.Next(12)).Select(sequence => EntryOf(one, sequence))];
        var durable = log.Length / 2;
        var epoch = 1L;
        var position = new FollowPosition(0, durableOnly);
        var model = new TranscriptModel();
        List<long> told = [];
        position.BeginStream();
        for (var pages = one.Next(40); pages > 0; pages--)
        {
            if (one.Chance(6))
                position.BeginStream();
            if (one.Chance(9))
            {
                // The session moved: what was not durable is other entries now.
                log = [.. log[..durable], .. Enumerable.Range(durable + 1, log.Length - durable).Select(sequence => EntryOf(one, sequence))];
                epoch++;
            }
            durable += one.Next(log.Length - durable + 1);
            Take(position, model, told, PageOf(one, log, durable, epoch, position), durableOnly);
        }
        // Whatever it lied about, a stream of the newest life puts it right.
        epoch = Math.Max(epoch, position.Epoch) + 1;
        for (var streams = 0; told.Count < log.Length || position.Epoch < epoch; streams++)
        {
            Assert.True(streams < 3, "An honest server does not end it.");
            position.BeginStream();
            var after = (int)position.Resume;
            Take(position, model, told, new TranscriptPage(epoch, after, log[after..], log.Length), durableOnly);
        }
        Assert.Equal(Enumerable.Range(1, log.Length).Select(sequence => (long)sequence), told);
        Assert.Equal(Lines(ModelOf(log)), Lines(model));
    });

    /// <summary>Numbers out of this world, and what JSON or MessagePack can put in a field's place.</summary>
    [Fact]
    public void Pages_OfNumbersThatCantBe_NeverCrashAFollower() => Fuzzing.Run("pages", 1, one =>
    {
        var position = new FollowPosition(0, durableOnly: one.Chance(2));
        for (var pages = 20; pages > 0; pages--)
        {
            if (one.Chance(3))
                position.BeginStream();
            var (durable, epoch) = (position.Durable, position.Epoch);
            var first = one.Number();
            var entries = one.Chance(8) ? null! : Enumerable.Range(0, one.Next(4)).Select(index => one.Chance(10) ? null! : EntryOf(one, unchecked(first + 1 + index))).ToArray();
            position.TryTake(new TranscriptPage(one.Number(), first, entries, one.Number()), out _, out _);
            Assert.True(position.Durable >= durable && position.Epoch >= epoch && position.Position >= 0 && position.Resume >= 0);
        }
    });

    private static void Take(FollowPosition position, TranscriptModel model, List<long> told, TranscriptPage page, bool durableOnly)
    {
        var (durable, epoch, resume) = (position.Durable, position.Epoch, position.Resume);
        if (position.TryTake(page, out var rewindTo, out var news))
        {
            if (rewindTo is { } last)
            {
                Assert.True(!durableOnly && last >= resume, $"It was taken back to {last}, behind {resume}.");
                told.RemoveRange((int)last, told.Count - (int)last);
                model.Apply(new TranscriptUpdate.Rewound(last));
            }
            told.AddRange(news!.Entries.Select(entry => entry.Sequence));
            model.Apply(new TranscriptUpdate.Page(news));
        }
        else
        {
            // What can't be trusted ends its stream, as it does for a follower.
            position.BeginStream();
        }
        Assert.Equal(Enumerable.Range(1, told.Count).Select(sequence => (long)sequence), told);
        Assert.Equal(told.Count, position.Position);
        Assert.True(position.Durable >= durable && position.Epoch >= epoch);
        Assert.Equal(Math.Min(position.Position, position.Durable), model.Resume);
    }

    /// <summary>
    /// An honest page, most of the time with something wrong in it. Two lies can't be told from the truth, and are not told: a watermark that is too high,
    /// and one life's entries under the epoch of another that the follower knows.
    /// </summary>
    private static TranscriptPage PageOf(FuzzCase one, TranscriptEntry[] log, int durable, long epoch, FollowPosition position)
    {
        var after = one.Chance(2) ? (int)Math.Min(position.Position, log.Length) : one.Next(log.Length + 1);
        var page = new TranscriptPage(epoch, after, log[after..(after + one.Next(log.Length - after + 1))], durable);
        return one.Next(8) switch
        {
            0 => page with { Epoch = Math.Min(one.Number(), position.Epoch - 1) },
            1 => page with { After = one.Number() },
            2 => page with { DurableThrough = Math.Min(one.Number(), durable) },
            3 => page with { Entries = [.. page.Entries.Reverse()] },
            4 => page with { Entries = [.. page.Entries, .. page.Entries] },
            5 when page.Entries.Length > 0 => page with { Entries = [.. page.Entries.Where((_, index) => index != one.Next(page.Entries.Length))] },
            6 when page.Entries.Length > 0 => page with { Entries = [.. page.Entries.Select(entry => one.Chance(3) ? entry with { Sequence = one.Number() } : entry)] },
            _ => page,
        };
    }

    private static TranscriptEntry EntryOf(FuzzCase one, long sequence) => new()
    {
        Sequence = sequence,
        At = ScriptedTranscript.Start,
        Kind = one.Chance(2) ? TranscriptEntryKind.Output : (TranscriptEntryKind)one.Next(40),
        Data = one.Bytes(20),
        Text = one.Chance(3) ? null : one.AnyText(10),
        CommandId = one.Pick((string?[])[null, "c1", "c2"]),
        Bytes = one.Chance(3) ? one.Number() : null,
    };

    private static TranscriptModel ModelOf(TranscriptEntry[] log)
    {
        var model = new TranscriptModel();
        model.Apply(new TranscriptUpdate.Page(new TranscriptPage(1, 0, log, log.Length)));
        return model;
    }

    private static string[] Lines(TranscriptModel model)
    {
        var lines = new TranscriptLine[model.Count];
        model.CopyLines(0, lines);
        return [.. lines.Select(line => line.Text)];
    }
}
