using System.Globalization;
using System.Text.RegularExpressions;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>gdb on programs as people have them: those that fork, ignore signals, print a lot; and what people teach gdb at its prompt.</summary>
public sealed partial class GdbProgramTests
{
    [Fact]
    public async Task Break_WhenTheTargetIgnoresEverySignal_StopsItAllTheSame()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Stubborn}");
        gdb.Begin("run");
        await gdb.UntilAsync(DebuggerState.Running);

        gdb.Process.Break();

        await gdb.UntilAsync(DebuggerState.Ready);
        Assert.Contains("main ()", await gdb.RunAsync("bt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TargetFate.LetRun, false)]
    [InlineData(TargetFate.LeaveStopped, true)]
    public async Task Leave_WhenTheTargetIgnoresEverySignal_LeavesItAsAsked(TargetFate fate, bool isStopped)
    {
        using var target = ForeignProcess.Start("/bin/sh", "-c", $"exec {SamplePrograms.Stubborn} >/dev/null");
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{target.Id}/comm").StartsWith("stubborn", StringComparison.Ordinal));
        await using var gdb = await GdbSession.StartAsync($"-q -nx -p {target.Id}");

        await gdb.LeaveAsync(fate);

        Assert.True(target.IsAlive);
        await Eventually.TrueAsync(() => target.State == 'T' == isStopped);
    }

    [Fact]
    public async Task Fork_WhenGdbFollowsTheParent_LeavesTheChildToItselfAndNobodyBehind()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Fork}");

        var printed = await gdb.RunAsync("run");

        Assert.Contains("child ended with 7", printed, StringComparison.Ordinal);
        Assert.False(new ForeignProcess(ChildIn(printed)).IsAlive);
        Assert.Empty(gdb.Targets());
    }

    [Theory]
    [InlineData(TargetFate.LetRun)]
    [InlineData(TargetFate.LeaveStopped)]
    public async Task Leave_WhenGdbHoldsAChildToo_LeavesBothAsAsked(TargetFate fate)
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Fork}");
        await gdb.RunAsync("set detach-on-fork off");
        await gdb.RunAsync("break sleep");
        await gdb.RunAsync("run");
        var held = gdb.Targets().Select(id => new ForeignProcess(id)).ToArray();
        Assert.Equal(2, held.Length);

        Assert.Equal(fate, await gdb.LeftAsync(fate));

        if (fate is TargetFate.LetRun)
            await Eventually.TrueAsync(() => held.All(process => !process.IsAlive), "both ended by themselves");
        else
            await Eventually.TrueAsync(() => held.All(process => process.State == 'T'), "both are stopped");
        foreach (var process in held)
            process.Dispose();
    }

    [Fact]
    public async Task Flood_OfFiftyMegabytes_IsAllThere()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Flood}");
        const int Lines = 700_000;

        var printed = await gdb.RunAsync($"run {Lines}");

        var start = printed.IndexOf("line 000000001", StringComparison.Ordinal);
        var lineLength = Line(1).Length;
        Assert.True(Lines * (long)lineLength > 50_000_000);
        for (var line = 1; line <= Lines; line++)
            Assert.True(printed.AsSpan(start + ((line - 1) * lineLength), lineLength).SequenceEqual(Line(line)), $"line {line} is not where it belongs");
    }

    [Fact]
    public async Task Define_AndPython_UpToTheirEnd_TakeTheirLinesInOrder()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        foreach (var line in (string[])["define twice", "echo first\\n", "echo second\\n", "end"])
            await gdb.RunAsync(line);
        Assert.Equal("first\nsecond\n", await gdb.RunAsync("twice"));

        foreach (var line in (string[])["python", "for number in range(3):", "  print('number %d' % number)"])
            await gdb.RunAsync(line);
        Assert.EndsWith("number 0\nnumber 1\nnumber 2\n", await gdb.RunAsync("end"), StringComparison.Ordinal);
        Assert.Equal("still here", await gdb.RunAsync("echo still here"));
    }

    [Fact]
    public async Task Target_ThatWasLetGo_GoesOnPrintingWhenNobodyReads()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}");
        gdb.Begin("run");
        await gdb.UntilAsync(DebuggerState.Running);
        using var target = new ForeignProcess(Assert.Single(gdb.Targets()));

        // Ignored, as decided: the pipe that it prints to ends with the agent.
        var ignored = long.Parse(File.ReadLines($"/proc/{target.Id}/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.NotEqual(0, ignored & (1L << (13 - 1)));
        await gdb.LeaveAsync(TargetFate.LetRun);

        Assert.True(target.IsAlive);
    }

    /// <summary>gdb waits for these, and a signal for gdb alone does not end them.</summary>
    [Theory]
    [InlineData("shell sleep 1000")]
    [InlineData("!sleep 1000")]
    [InlineData("pipe show version | sleep 1000")]
    [InlineData("make -f /dev/null --eval 'all: ; sleep 1000'")]
    [InlineData("edit")]
    public async Task Break_WhileGdbWaitsForAProgram_EndsTheProgramAndSparesOneThatWasLetGo(string line)
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}");
        await gdb.RunAsync("shell true");
        await gdb.RunAsync("break main");
        await gdb.RunAsync("run /dev/null");
        using var target = new ForeignProcess(Assert.Single(gdb.Targets()));
        await gdb.RunAsync("delete");
        await gdb.RunAsync("detach");
        // gdb's own environment names the editor.
        await gdb.RunAsync("python import os; os.environ['EDITOR'] = 'sleep 1000; true'");

        gdb.Begin(line);
        await Eventually.TrueAsync(() => gdb.Children().Any(child => child != target.Id), line);

        // One that meets the program's very start is lost; people press again.
        await Eventually.TrueAsync(() =>
        {
            if (gdb.Process.State == DebuggerState.Ready)
                return true;
            gdb.Process.Break();
            return false;
        }, $"{line} ended");
        Assert.Equal("still here", await gdb.RunAsync("echo still here"));
        Assert.True(target.IsAlive);
    }

    /// <summary>What reads gdb's own input takes the commands that follow, and a Break does not end it; leaving gets out of it.</summary>
    [Theory]
    [InlineData("shell cat")]
    [InlineData("python input()")]
    [InlineData("python-interactive")]
    public async Task Leave_WhenSomethingReadsGdbsInput_EndsGdb(string line)
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        gdb.Begin(line);

        await gdb.LeaveAsync(TargetFate.LetRun);

        Assert.Equal(DebuggerState.Exited, gdb.Process.State);
    }

    private static string Line(int number) => $"line {number:D9} of a flood that goes on and on and on, to see what is kept\n";

    private static int ChildIn(string printed) => int.Parse(Child().Match(printed).Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^child ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex Child();
}
