using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>
/// Every kind of stream against every way in which the right to it ends (rules A4, C5, I6). Each stream ran before; it ends with what the table says,
/// nothing that was recorded from the end on came over it, and the others go on.
/// </summary>
public sealed class StreamEndTests(EdgeFixture edge)
{
    /// <summary>For what the rules want within 5 seconds: the rest is a busy machine.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Rule I6: what was proved so long ago counts.</summary>
    private static readonly TimeSpan ProofLasts = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_WhenTheRightToThemEnds_EndAsTheTableSays()
    {
        var wrong = await Task.WhenAll(RightsEnd.All.Select(WrongAsync));

        Assert.True(wrong.All(one => one.Count == 0), string.Join("\n", wrong.SelectMany(one => one)));
    }

    private async Task<List<string>> WrongAsync(RightsEnd way)
    {
        try
        {
            await using var stage = await StreamStage.OpenAsync(edge, way);
            return [.. (await WrongAsync(stage, way)).Select(problem => $"{way.Name}: {problem}")];
        }
        catch (Exception exception) when (!Cancellation.IsCancellationRequested)
        {
            return [$"{way.Name}: {exception}"];
        }
    }

    private static async Task<List<string>> WrongAsync(StreamStage stage, RightsEnd way)
    {
        List<string> wrong = [];
        stage.Agent.Print("before\n");
        foreach (var stream in stage.Streams.Append(stage.Other).Where(IsWatched))
            await stream.UntilAsync(entry => stream.Kind == "feed" || Says(entry, "before"), Limit);
        var ends = way.Ends.Split(' ').Where(end => end != RightsEnd.NotOpen).ToArray();
        using (new Printing(stage, way.Prints))
        {
            await way.EndAsync(stage);
            foreach (var (stream, end) in stage.Streams.Zip(ends).Where(item => item.Second != RightsEnd.GoesOn))
            {
                if (await EndOfAsync(stream) is var how && how != end)
                    wrong.Add($"{stream.Kind} {how}; it should have been: {end}");
            }
        }

        if (way.EndsForAll)
        {
            if (await EndOfAsync(stage.Other) is var how && how != ProblemCodes.SessionNotFound)
                wrong.Add($"another client's stream {how}");
        }
        else
        {
            wrong.AddRange(await WrongAfterAsync(stage, way, ends));
        }
        wrong.AddRange(stage.Streams.Append(stage.Other).Where(stream => stream.Fault is not null).Select(stream => $"{stream.Kind}: {stream.Fault!.Message}"));
        return wrong;
    }

    /// <summary>Others go on, and nothing more came to whom it concerned.</summary>
    private static async Task<List<string>> WrongAfterAsync(StreamStage stage, RightsEnd way, string[] ends)
    {
        List<string> wrong = [];
        await stage.PrintAfterAsync("after\n");
        await stage.Other.UntilAsync(entry => Says(entry, "after"), Limit);
        foreach (var (stream, _) in stage.Streams.Zip(ends).Where(item => item.Second == RightsEnd.GoesOn && IsWatched(item.First)))
            await stream.UntilAsync(entry => stream.Kind == "feed" || Says(entry, "after"), Limit);
        var from = way.Entry is { } kind ? (await stage.Other.UntilAsync(entry => entry.Kind == kind && entry.Person?.Email == stage.Email, Limit)).Sequence : long.MaxValue;
        foreach (var (stream, end) in stage.Streams.Zip(ends).Where(item => item.Second != RightsEnd.GoesOn))
        {
            if (Array.Find(stream.Entries, entry => entry.Sequence >= from || Says(entry, "after") || (way.TokenExpires && entry.At > stage.ExpiresAt + ProofLasts)) is { } shown)
                wrong.Add($"{stream.Kind} showed entry {shown.Sequence} ({shown.Kind}, {shown.At:O}); the right ended with entry {from}, or at {stage.ExpiresAt:O}");
        }
        if (way.Name == "host taken away")
        {
            foreach (var stream in stage.Streams.Append(stage.Other).Where(IsWatched))
                await stream.UntilAsync(entry => entry.Kind is TranscriptEntryKind.SessionClosed, Limit);
        }
        if (way is { Whose: RightOf.Host, Entry: not null } && await stage.AskAsync() is var (session, hosting) && (hosting != ProblemCodes.NotPermitted || (session is null) != (ends[0] == RightsEnd.GoesOn)))
            wrong.Add($"a new request was told {session ?? "of the session"}, and hosting another one {hosting ?? "was done"}");
        return wrong;
    }

    private static async Task<string> EndOfAsync(WatchedStream stream)
    {
        try
        {
            return await stream.Ended.WaitAsync(Limit, Cancellation);
        }
        catch (TimeoutException)
        {
            return "went on";
        }
    }

    private static bool IsWatched(WatchedStream stream) => !stream.Kind.StartsWith("agent", StringComparison.Ordinal);

    private static bool Says(TranscriptEntry entry, string text) => entry.Kind is TranscriptEntryKind.Output && Encoding.UTF8.GetString(entry.Data.Span).Contains(text, StringComparison.Ordinal);

    /// <summary>Output without a pause, so that entries stand on both sides of the end.</summary>
    private sealed class Printing : IDisposable
    {
        private readonly Timer? timer;

        public Printing(StreamStage stage, bool prints) => timer = prints ? new Timer(_ => stage.Agent.Print("meanwhile\n"), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50)) : null;

        public void Dispose() => timer?.Dispose();
    }
}
