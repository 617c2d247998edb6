using System.Text;
using CsCheck;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Spool;

public sealed class OutputSpoolTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orleanskd-spool-").FullName;
    private int spools;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void AnyBytes_ReadAtAnyTime_ComeOutIdentical_AlsoAfterReopening() =>
        Gen.Select(Gen.Byte.Array[0, 40_000].List[0, 12], Gen.Int[0, 2].List[1, 12]).Sample((blocks, actions) =>
        {
            var folder = NewFolder();
            var expected = new List<byte>();
            var chunks = new List<AgentChunk>();
            var spool = OutputSpool.Create(folder);
            for (var i = 0; i < blocks.Count; i++)
            {
                spool.Output(blocks[i]);
                expected.AddRange(blocks[i]);
                if (actions[i % actions.Count] == 1)
                    Drain(spool, chunks);
                if (actions[i % actions.Count] == 2)
                {
                    spool.Dispose();
                    spool = OutputSpool.Open(folder);
                }
            }
            spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited });
            Drain(spool, chunks);
            spool.Dispose();
            Assert.Equal(expected, chunks.SelectMany(chunk => chunk.Data.ToArray()));
            Assert.Equal(Enumerable.Range(1, chunks.Count).Select(number => (long)number), chunks.Select(chunk => chunk.Number));
            Assert.All(chunks, chunk => Assert.True(chunk.Data.Length <= Limits.ChunkBytes));
            Directory.Delete(folder, recursive: true);
        }, iter: 60);

    [Fact]
    public void Text_IsNeverCutInsideACodePoint()
    {
        using var spool = OutputSpool.Create(NewFolder());
        var text = string.Concat(Enumerable.Repeat("aé€😀", 9_000));
        var bytes = Encoding.UTF8.GetBytes(text);
        var chunks = new List<AgentChunk>();
        for (var at = 0; at < bytes.Length; at += 997)
        {
            spool.Output(bytes.AsSpan(at, Math.Min(997, bytes.Length - at)));
            if (at % 3 == 0)
                Drain(spool, chunks);
        }
        Drain(spool, chunks);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        Assert.Equal(text, string.Concat(chunks.Select(chunk => strict.GetString(chunk.Data.Span))));
    }

    [Fact]
    public async Task Read_OfSmallOutputs_TakesTogetherWhatCameMeanwhile()
    {
        using var spool = OutputSpool.Create(NewFolder());
        spool.Output("one "u8);
        Assert.Equal("one ", Text(await spool.ReadAsync(1, Stop)));
        spool.Output("two "u8);
        spool.Output("three"u8);
        Assert.Equal("two three", Text(await spool.ReadAsync(2, Stop)));
        var next = spool.ReadAsync(3, Stop).AsTask();
        Assert.False(next.IsCompleted);
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.CommandStarted, CommandId = "c1" });
        Assert.Equal("c1", (await next).CommandId);
    }

    [Fact]
    public async Task Report_KeepsItsPlaceAmongOutput_AndAllItsMembers()
    {
        var folder = NewFolder();
        var report = new AgentChunk { Number = 0, Kind = AgentChunkKind.StateChanged, State = DebuggerState.Ready, Text = "(gdb) ", ExitCode = 3, Signal = "SIGINT", Bytes = 9, CommandId = "x" };
        using (var spool = OutputSpool.Create(folder))
        {
            spool.Output("before"u8);
            spool.Report(report);
            spool.Output("after"u8);
        }
        using var again = OutputSpool.Open(folder);
        Assert.Equal("before", Text(await again.ReadAsync(1, Stop)));
        Assert.Equal(report with { Number = 2 }, await again.ReadAsync(2, Stop));
        Assert.Equal("after", Text(await again.ReadAsync(3, Stop)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(12)]
    public async Task Open_AfterACrashInTheLastRecord_DropsOnlyThatRecord(int missingBytes)
    {
        var folder = NewFolder();
        using (var spool = OutputSpool.Create(folder))
        {
            spool.Output("kept"u8);
            await spool.ReadAsync(1, Stop);
            spool.Output("torn!"u8);
        }
        var file = Assert.Single(Directory.GetFiles(folder));
        await using (var stream = new FileStream(file, FileMode.Open))
            stream.SetLength(stream.Length - missingBytes);
        using var again = OutputSpool.Open(folder);
        Assert.Equal(1, again.LastNumber);
        again.Output("new"u8);
        Assert.Equal("kept", Text(await again.ReadAsync(1, Stop)));
        Assert.Equal("new", Text(await again.ReadAsync(2, Stop)));
    }

    [Fact]
    public async Task Open_WhenAnOlderFileIsDamaged_ReportsAGapAndGoesOn()
    {
        var folder = NewFolder();
        long last;
        using (var spool = OutputSpool.Create(folder, limitBytes: 1024 * 1024))
        {
            for (var i = 0; i < 20; i++)
                spool.Output(new byte[Limits.ChunkBytes]);
            last = spool.LastNumber;
        }
        var first = Directory.GetFiles(folder).Order(StringComparer.Ordinal).First();
        await using (var stream = new FileStream(first, FileMode.Open))
        {
            stream.Position = 20_000;
            stream.WriteByte(0xFF);
        }
        using var again = OutputSpool.Open(folder);
        Assert.Equal(last, again.LastNumber);
        Assert.Equal(AgentChunkKind.Output, (await again.ReadAsync(1, Stop)).Kind);
        var gap = await again.ReadAsync(2, Stop);
        Assert.Equal(AgentChunkKind.Gap, gap.Kind);
        Assert.True(gap.Bytes > 0);
        Assert.Equal(AgentChunkKind.Output, (await again.ReadAsync(last, Stop)).Kind);
    }

    [Fact]
    public async Task Output_AtTheLimit_WaitsUntilTheServerHasSome()
    {
        using var spool = OutputSpool.Create(NewFolder(), limitBytes: 256 * 1024);
        var states = new List<SpoolState>();
        spool.StateChanged = states.Add;
        const int Blocks = 60;
        var writing = Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < Blocks; i++)
                spool.Output(Enumerable.Repeat((byte)i, Limits.ChunkBytes).ToArray());
        }, Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.TrueAsync(() => spool.Status.State is SpoolState.Holding);
        Assert.False(writing.IsCompleted);
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.StateChanged, State = DebuggerState.Busy });
        var content = new List<byte>();
        for (var number = 1L; content.Count < Blocks * Limits.ChunkBytes; number++)
        {
            content.AddRange((await spool.ReadAsync(number, Stop)).Data.Span);
            spool.Trim(number);
        }
        await writing;
        Assert.Equal(Enumerable.Range(0, Blocks).SelectMany(i => Enumerable.Repeat((byte)i, Limits.ChunkBytes)), content);
        Assert.Equal([SpoolState.NearlyFull, SpoolState.Holding], states[..2]);
        Assert.Equal(SpoolState.Normal, states[^1]);
    }

    [Fact]
    public async Task LetGo_AtTheLimit_CountsWhatIsLeftOut()
    {
        using var spool = OutputSpool.Create(NewFolder(), limitBytes: 128 * 1024);
        var writing = Task.Run(() => spool.Output(new byte[130 * 1024]), Stop);
        await Eventually.TrueAsync(() => spool.Status.State is SpoolState.Holding);
        Assert.False(writing.IsCompleted);
        spool.LetGo();
        await writing;
        spool.Output(new byte[70 * 1024]);
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited });
        var chunks = new List<AgentChunk>();
        Drain(spool, chunks);
        Assert.Equal(70 * 1024, Assert.Single(chunks, chunk => chunk.Kind == AgentChunkKind.Gap).Bytes);
        Assert.Equal(130 * 1024, chunks.Sum(chunk => chunk.Data.Length));
        Assert.Equal(AgentChunkKind.RunExited, chunks[^1].Kind);
    }

    [Fact]
    public async Task Held_WhenTheAgentIsKilled_HasEverythingThatWasReadOnDisk()
    {
        var folder = NewFolder();
        var spool = OutputSpool.Create(folder, limitBytes: 128 * 1024);
        var writing = Task.Run(() => spool.Output(new byte[190 * 1024]), Stop);
        await Eventually.TrueAsync(() => spool.Status.State is SpoolState.Holding);
        // As a kill leaves it: another process reads the files as they are.
        using var left = OutputSpool.Open(Copy(folder));
        var chunks = new List<AgentChunk>();
        Drain(left, chunks);
        Assert.Equal(190 * 1024, chunks.Sum(chunk => chunk.Data.Length));
        spool.Dispose();
        await writing;
    }

    /// <summary>What comes out is what went in, with gaps that count exactly what is missing at their place; also when the agent is killed in a gap.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gap_AtTheLimit_NeverHolds_AndStandsInItsPlaceWithItsCount(bool isKilled)
    {
        var folder = NewFolder();
        var spool = OutputSpool.Create(folder, limitBytes: 256 * 1024, SpoolFullAction.Gap);
        var chunks = new List<AgentChunk>();
        var given = new List<byte>();
        // Ends in the middle of a code point, so that the gap begins inside one.
        byte[] block = [.. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("abcdefgé", 1_000))), 0xE2, 0x82];
        for (var i = 0; i < 60; i++)
        {
            spool.Output(block);
            given.AddRange(block);
        }
        Assert.Equal(SpoolState.LeavingOut, spool.Status.State);
        if (isKilled)
        {
            var left = Copy(folder);
            spool.Dispose();
            spool = OutputSpool.Open(left, 256 * 1024);
        }
        else
        {
            Drain(spool, chunks);
            spool.Trim(chunks.Count);
            Assert.Equal(SpoolState.Normal, spool.Status.State);
            spool.Output("and on"u8);
            given.AddRange("and on"u8);
        }
        spool.Report(new() { Number = 0, Kind = AgentChunkKind.RunExited });
        Drain(spool, chunks);
        spool.Dispose();

        var gap = Assert.Single(chunks, chunk => chunk.Kind == AgentChunkKind.Gap);
        Assert.Equal("the agent's spool was full", gap.Text);
        var at = 0;
        foreach (var chunk in chunks)
        {
            Assert.True(given.Slice(at, chunk.Data.Length).SequenceEqual(chunk.Data.ToArray()));
            at += chunk.Data.Length + (int)(chunk.Bytes ?? 0);
        }
        Assert.Equal(given.Count, at);
        Assert.Equal(AgentChunkKind.RunExited, chunks[^1].Kind);
    }

    [Fact]
    public async Task Trim_DeletesFiles_AndKeepsWhatIsNotDurable()
    {
        var folder = NewFolder();
        using var spool = OutputSpool.Create(folder, limitBytes: 1024 * 1024);
        for (var i = 0; i < 30; i++)
            spool.Output(new byte[Limits.ChunkBytes]);
        var before = Directory.GetFiles(folder).Length;
        spool.Trim(20);
        Assert.True(Directory.GetFiles(folder).Length < before);
        Assert.InRange(spool.FirstNumber, 2, 21);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await spool.ReadAsync(1, Stop));
        Assert.Equal(21, (await spool.ReadAsync(21, Stop)).Number);
    }

    [Fact]
    public async Task ContinueAfter_WhenTheServerHasMore_GivesNewNumbersAfterIt()
    {
        using var spool = OutputSpool.Create(NewFolder());
        spool.Output("a"u8);
        await spool.ReadAsync(1, Stop);
        spool.Output("b"u8);
        spool.ContinueAfter(5);
        Assert.Equal("b", Text(await spool.ReadAsync(6, Stop)));
    }

    [Fact]
    public void Files_AreForThisUserOnly()
    {
        var folder = NewFolder();
        using var spool = OutputSpool.Create(folder);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public void Root_WhenAnotherAgentHoldsIt_RefusesAndSaysWhatToDo()
    {
        using var first = new SpoolRoot(root);
        Assert.Contains("--data", Assert.Throws<IOException>(() => new SpoolRoot(root)).Message, StringComparison.Ordinal);
    }

    private static void Drain(OutputSpool spool, List<AgentChunk> chunks)
    {
        while (spool.ReadAsync(chunks.Count + 1, Stop).AsTask() is { IsCompleted: true } next)
            chunks.Add(next.Result);
    }

    private string Copy(string folder)
    {
        var copy = NewFolder();
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static string Text(AgentChunk chunk) => Encoding.UTF8.GetString(chunk.Data.Span);

    private string NewFolder() => Path.Combine(root, $"spool{Interlocked.Increment(ref spools)}");
}
