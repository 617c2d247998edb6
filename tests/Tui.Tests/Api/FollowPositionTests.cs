using CsCheck;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Tests.Api;

/// <summary>
/// A follower's position against a model: lives of a session (epochs), each of which may go on printing after the next has begun, and streams
/// of any of them that repeat, skip, stop and come from the past.
/// </summary>
public sealed class FollowPositionTests
{
    private enum Step
    {
        Print,
        Persist,
        FailOver,
        BeginStream,
        Send,
        Repeat,
        Skip,
        Shuffle,
    }

    private static readonly Gen<(Step Step, int Number)[]> Scripts =
        Gen.Select(Gen.Frequency((3, Gen.Const(Step.Send)), (1, Gen.Enum<Step>())), Gen.Int[0, 1_000]).Array[1, 150];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryTake_WhateverStreamsDo_WhatWasToldIsOneTranscript(bool durableOnly) => Scripts.Sample(script =>
    {
        var world = new World(durableOnly);
        foreach (var (step, number) in script)
            world.Do(step, number);
        world.Converges();
    });

    [Fact]
    public void TryTake_OfAPageThatCanNotBe_RefusesIt()
    {
        var position = new FollowPosition(0, durableOnly: false);
        Assert.False(position.TryTake(new TranscriptPage(1, 0, null!, 1), out _, out _));
        Assert.False(position.TryTake(new TranscriptPage(1, 0, [null!], 1), out _, out _));
        Assert.False(position.TryTake(new TranscriptPage(1, -1, [new TranscriptEntry { Sequence = 0, At = DateTimeOffset.UnixEpoch, Kind = TranscriptEntryKind.Output }], 1), out _, out _));
        Assert.False(position.TryTake(new TranscriptPage(1, long.MinValue, [], 1), out _, out _));
        Assert.Equal((0, 0), (position.Position, position.Durable));
    }

    /// <summary>One activation of the session: what it has, how much of it is in the log.</summary>
    private sealed class Life(long epoch, List<TranscriptEntry> entries)
    {
        public long Epoch => epoch;

        public List<TranscriptEntry> Entries => entries;

        public int Durable { get; set; } = entries.Count;
    }

    private sealed class World(bool durableOnly)
    {
        private readonly FollowPosition position = new(0, durableOnly);
        private readonly List<Life> lives = [new Life(1, [])];
        private readonly List<TranscriptEntry> told = [];
        private Life? stream;
        private int cursor;
        private TranscriptPage? last;
        private long printed;

        private Life Current => lives[^1];

        public void Do(Step step, int number)
        {
            switch (step)
            {
                case Step.Print:
                    // One that was replaced may not know it yet.
                    var life = lives[^Math.Min(lives.Count, number % 5 == 0 ? 2 : 1)];
                    for (var i = 0; i <= number % 3; i++)
                        life.Entries.Add(new TranscriptEntry { Sequence = life.Entries.Count + 1, At = default, Kind = TranscriptEntryKind.Output, Bytes = ++printed });
                    break;
                case Step.Persist:
                    Current.Durable += number % (Current.Entries.Count - Current.Durable + 1);
                    break;
                case Step.FailOver:
                    lives.Add(new Life(Current.Epoch + 1, [.. Current.Entries.Take(Current.Durable)]));
                    break;
                case Step.BeginStream:
                    Begin(lives[^Math.Min(lives.Count, 1 + (number % 3))]);
                    break;
                case Step.Send when stream is { } from:
                    var end = durableOnly ? from.Durable : from.Entries.Count;
                    Take(PageOf(from, cursor, Math.Min(number % 4, Math.Max(0, end - cursor))));
                    break;
                case Step.Repeat when last is { } page:
                    Take(page);
                    break;
                case Step.Skip when stream is { } from && from.Entries.Count > cursor + 1:
                    Take(PageOf(from, cursor + 1, 1), mustRefuse: true);
                    break;
                case Step.Shuffle when stream is { } from && from.Entries.Count > cursor + 1:
                    var mixed = PageOf(from, cursor, 2);
                    Take(mixed with { Entries = [mixed.Entries[1], mixed.Entries[0]] }, mustRefuse: true);
                    break;
            }
        }

        public void Converges()
        {
            Current.Durable = Current.Entries.Count;
            for (var streams = 0; told.Count < Current.Entries.Count || position.Durable < Current.Durable || position.Epoch < Current.Epoch; streams++)
            {
                Assert.True(streams < 3, "Faithful streams of the newest life don't end it.");
                Begin(Current);
                while (stream is { } from && (cursor < from.Entries.Count || position.Durable < from.Durable || position.Epoch < from.Epoch))
                    Take(PageOf(from, cursor, Math.Min(3, from.Entries.Count - cursor)));
            }
            Assert.Equal(Current.Entries, told);
        }

        private void Begin(Life life)
        {
            position.BeginStream();
            (stream, cursor, last) = (life, (int)position.Resume, null);
            // The edge that knows only an older life waits or ends.
            if (life.Epoch < position.Epoch || cursor > life.Entries.Count)
                stream = null;
        }

        private static TranscriptPage PageOf(Life life, int after, int count) =>
            new(life.Epoch, after, [.. life.Entries.Skip(after).Take(count)], life.Durable);

        private void Take(TranscriptPage page, bool mustRefuse = false)
        {
            var (durable, positionBefore) = (position.Durable, position.Position);
            if (!position.TryTake(page, out var rewindTo, out var news))
            {
                Assert.Equal(positionBefore, position.Position);
                stream = null;
                return;
            }
            Assert.False(mustRefuse, "A page with a hole or in disorder was taken.");
            if (rewindTo is { } sequence)
            {
                Assert.False(durableOnly);
                Assert.InRange(sequence, durable < positionBefore ? durable : positionBefore, positionBefore);
                told.RemoveRange((int)sequence, told.Count - (int)sequence);
            }
            Assert.Equal(told.Count, news!.After);
            told.AddRange(news.Entries);
            (cursor, last) = (Math.Max(cursor, (int)page.After + page.Entries.Length), page);

            Assert.Equal(told.Count, position.Position);
            Assert.True(position.Durable >= durable);
            Assert.True(!durableOnly || told.Count <= position.Durable);
            // What is durable never changes, in whatever life.
            var settled = (int)Math.Min(position.Durable, told.Count);
            Assert.Equal(Current.Entries.Take(settled), told.Take(settled));
        }
    }
}
