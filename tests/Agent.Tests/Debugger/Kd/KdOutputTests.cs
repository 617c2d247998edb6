using CsCheck;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>What the agent makes of kd's output, on text as the engine prints it. Events read as one line: <c>text[prompt]</c>.</summary>
public sealed class KdOutputTests
{
    [Fact]
    public void Direct_AfterASafeCommand_ShowsOnePromptAndNoMarker()
    {
        var kd = Console.AtPrompt("0: kd> ");
        var marker = kd.Write("r");
        Assert.StartsWith("r\n.echo okd-", marker.Line, StringComparison.Ordinal);
        kd.Prints($"eax=1\n0: kd> {marker.Token}\n0: kd> ");
        Assert.Equal("eax=1\n[0: kd> ]", kd.Seen);
    }

    [Fact]
    public void Direct_AMarkerEndsItsOwnCommandOnly()
    {
        var kd = Console.AtPrompt("kd> ");
        var first = kd.Write("r");
        kd.Prints($"1\nkd> {first.Token}\nkd> ");
        var second = kd.Write("k");
        Assert.NotEqual(first.Token, second.Token);
        kd.Prints($"late\nkd> {first.Token}\nkd> ");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.Equal("1\n[kd> ]late\n", kd.Seen);
        kd.Prints($"{second.Token}\nkd> ");
        Assert.Equal("1\n[kd> ]late\n[kd> ]", kd.Seen);
    }

    [Fact]
    public void Direct_AForgedPromptEndsNothing()
    {
        var kd = Console.AtPrompt("0: kd> ");
        var marker = kd.Write("!forge");
        kd.Prints("0: kd> ");
        kd.IsSilent(TimeSpan.FromMinutes(1));
        Assert.Equal("", kd.Seen);
        kd.Prints($"said the target\n0: kd> {marker.Token}\r\n0: kd> ");
        Assert.Equal("0: kd> said the target\n[0: kd> ]", kd.Seen);
    }

    [Fact]
    public void Direct_OutputThatEndsInANumber_LosesNothingToThePrompt()
    {
        var kd = Console.AtPrompt("0: kd> ");
        var marker = kd.Write(".printf \"5\"");
        kd.Prints($"50: kd> {marker.Token}\n0: kd> ");
        Assert.Equal("5[0: kd> ]", kd.Seen);
    }

    /// <summary>However the pipe cuts it, people see the same.</summary>
    [Fact]
    public void Direct_HoweverTheOutputIsCut_IsReadTheSame() => Gen.Int[1, 9].List[1, 30].Sample(cuts =>
    {
        var kd = Console.AtPrompt("0: kd> ");
        var marker = kd.Write("k");
        var text = $"10: kd stuff l kd 0: k\n0:0 okd-\n0: kd> {marker.Token}\r\n0: kd> ";
        for (var i = 0; text.Length > 0; i++)
        {
            var length = Math.Min(cuts[i % cuts.Count], text.Length);
            kd.Prints(text[..length]);
            text = text[length..];
        }
        Assert.Equal("10: kd stuff l kd 0: k\n0:0 okd-\n[0: kd> ]", kd.Seen);
    });

    [Theory]
    [InlineData("g")]
    [InlineData("p 3")]
    [InlineData("bp foo;g")]
    [InlineData(".reboot")]
    public void Direct_AfterALineThatResumes_WritesNoMarker_AndEndsAtAPromptAndSilence(string line)
    {
        var kd = Console.AtPrompt("0: kd> ");
        Assert.Equal(line, kd.Write(line).Line);
        Assert.True(kd.HasResumed);
        kd.Prints("Breakpoint 0 hit\n0: kd> ");
        Assert.Equal("Breakpoint 0 hit\n", kd.Seen);
        kd.IsSilent(KdOutput.Silence);
        Assert.Equal("Breakpoint 0 hit\n[0: kd> ]", kd.Seen);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("eb 1000")]
    public void Direct_AfterALineThatAsksForInput_WritesNoMarkerUntilThePromptIsBack(string line)
    {
        var kd = Console.AtPrompt("0:000> ");
        Assert.Equal(line, kd.Write(line).Line);
        kd.Prints("00007ff6`12345678 ");
        kd.IsSilent(KdOutput.Silence);
        Assert.Equal("00007ff6`12345678 <00007ff6`12345678 >", kd.Seen);
        Assert.Equal(" ", kd.Write(".").Line);
        kd.Prints("00007ff6`12345678 ");
        kd.IsSilent(KdOutput.Silence);
        Assert.Equal("nop", kd.Write("nop").Line);
        kd.Prints("00007ff6`12345679 ");
        kd.IsSilent(KdOutput.Silence);
        kd.Prints("0:000> ");
        kd.IsSilent(KdOutput.Silence);
        Assert.EndsWith("[0:000> ]", kd.Seen, StringComparison.Ordinal);
        Assert.Contains(".echo", kd.Write("r").Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Direct_WhenInputSwallowedTheMarker_APromptCountsAfterABreak()
    {
        var kd = Console.AtPrompt("0:000> ");
        kd.Write("alias");
        kd.Prints("0:000> ");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.Equal("", kd.Seen);
        kd.Output.Breaking();
        kd.IsSilent(KdOutput.BreakSilence);
        Assert.Equal("[0:000> ]", kd.Seen);
    }

    [Fact]
    public void Direct_FromTheDotServerCommandOn_WritesNoMarkers()
    {
        var kd = Console.AtPrompt("0: kd> ");
        Assert.Equal(".server tcp:port=5005", kd.Write(".server tcp:port=5005").Line);
        kd.Prints("Server started.\n0: kd> ");
        kd.IsSilent(KdOutput.Silence);
        Assert.Equal("k", kd.Write("k").Line);
    }

    [Fact]
    public void DirectServer_WritesNoMarkers() => Assert.Equal("k", Console.AtPrompt("0: kd> ", "-server tcp:port=5005").Write("k").Line);

    [Fact]
    public void ThroughAServer_WritesNoMarkers_AndEndsAtThePrompt()
    {
        var kd = Console.AtPrompt("0: kd> ", isThroughServer: true);
        Assert.Equal("r", kd.Write("r").Line);
        kd.Prints("eax=1\n0: kd> ");
        kd.IsSilent(KdOutput.Silence);
        Assert.Equal("eax=1\n[0: kd> ]", kd.Seen);
    }

    [Fact]
    public void ThroughAServer_WhenOthersOutputBuriesThePrompt_EndsAfterALongerSilence()
    {
        var kd = Console.AtPrompt("0: kd> ", isThroughServer: true);
        kd.Write("r");
        kd.Prints("eax=1\n0: kd> LAB\\Ann (tcp 10.0.0.1:5) connected at noon\n");
        kd.IsSilent(KdOutput.Silence);
        Assert.DoesNotContain("[", kd.Seen, StringComparison.Ordinal);
        kd.IsSilent(KdOutput.LongSilence);
        Assert.EndsWith("noon\n[]", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void ThroughAServer_WhenSomebodyElseLetsTheTargetRun_FollowsIt()
    {
        var kd = Console.AtPrompt("kd> ", isThroughServer: true);
        kd.Prints("[LAB\\Ann (tcp 10.0.0.1:5)] ");
        kd.Prints("kd> r rip\nrip=1\n");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.DoesNotContain("(waiting)", kd.Seen, StringComparison.Ordinal);
        kd.Prints("[LAB\\Ann (tcp 10.0.0.1:5)] ");
        kd.Prints("kd> g\n");
        Assert.EndsWith("kd> g\n(waiting)", kd.Seen, StringComparison.Ordinal);
        kd.Prints("LAB\\Ann (tcp 10.0.0.1:5) disconnected at noon\n");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.EndsWith("noon\n", kd.Seen, StringComparison.Ordinal);
        kd.Prints("Break instruction exception\nkd> ");
        kd.IsSilent(KdOutput.Silence);
        Assert.EndsWith("[kd> ]", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void ThroughAServer_AResumingLineThatWasForged_CountsNoMoreAfterABreak()
    {
        var kd = Console.AtPrompt("kd> ", isThroughServer: true);
        kd.Write("da");
        kd.Prints("kd> g\n");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.EndsWith("(waiting)", kd.Seen, StringComparison.Ordinal);
        kd.Output.Breaking();
        kd.IsSilent(KdOutput.BreakSilence);
        Assert.EndsWith("(waiting)[]", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Detach_WhenTheEngineLetGoAndNothingFollows_Tells()
    {
        var kd = Console.AtPrompt("kd> ", isThroughServer: true);
        kd.Write(".detach");
        kd.Prints("Detached\n");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.EndsWith("(let go)", kd.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("g", false)]
    [InlineData("r", true)]
    public void Detached_WhenATargetPrintsIt_IsOnlyText(string line, bool isThroughServer)
    {
        var kd = Console.AtPrompt("kd> ", isThroughServer: isThroughServer);
        kd.Write(line);
        kd.Prints("kd> .foo\nDetached\n");
        kd.IsSilent(KdOutput.LongSilence);
        kd.Output.Complete();
        Assert.DoesNotContain("(let go)", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Detached_WhenATargetAlsoPrintsTheCommand_IsOnlyTextInADirectSession()
    {
        var kd = Console.AtPrompt("kd> ", "-server tcp:port=1");
        kd.Write("g");
        kd.Prints("kd> .detach\nDetached\n");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.DoesNotContain("(let go)", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void ThroughAServer_WhenSomebodyElseDetaches_Tells()
    {
        var kd = Console.AtPrompt("kd> ", isThroughServer: true);
        kd.Prints("[LAB\\Ann] kd> .detach\nDetached\n");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.EndsWith("(let go)", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Detach_WhenAnotherTargetIsLeft_TellsNothing()
    {
        var kd = Console.AtPrompt("0:000> ", isThroughServer: true);
        kd.Write(".detach");
        kd.Prints("Detached\n1:001> ");
        kd.IsSilent(KdOutput.LongSilence);
        Assert.EndsWith("[1:001> ]", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void ThroughAServer_WithoutAPrompt_CountsAsRunningAfterASilence()
    {
        var kd = new Console("", isThroughServer: true);
        kd.Prints("Connected to server with 'tcp:server=lab,port=5005'\n");
        // A client that could not connect has said so, too, and ends a while later.
        kd.IsSilent(KdOutput.StartSilence - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain("(waiting)", kd.Seen, StringComparison.Ordinal);
        kd.IsSilent(TimeSpan.FromMilliseconds(1));
        Assert.Contains("(waiting)", kd.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Waiting to reconnect...\n")]
    [InlineData("Waiting for target to connect...\n")]
    public void Start_AtTheWaitingBanner_CountsAsRunningAtOnce(string banner)
    {
        var kd = new Console("-k com:port=com1");
        kd.Prints("Opened \\\\.\\com1\n" + banner[..9]);
        kd.Prints(banner[9..]);
        Assert.Contains("(waiting)", kd.Seen, StringComparison.Ordinal);
        kd.Prints("Connected to Windows 10 x64 target\n0: kd> ");
        kd.IsSilent(KdOutput.Silence);
        Assert.EndsWith("[0: kd> ]", kd.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_ShowsWhatWasHeldBack()
    {
        var kd = Console.AtPrompt("kd> ");
        kd.Write("k");
        kd.Prints("bye kd> ");
        kd.Output.Complete();
        Assert.Equal("bye kd> ", kd.Seen);
    }

    private sealed class Console : SeenOutput
    {
        public Console(string arguments, bool isThroughServer = false) =>
            Attach(new KdDialect("kd", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), isThroughServer));

        public static Console AtPrompt(string prompt, string arguments = "", bool isThroughServer = false)
        {
            var kd = new Console(arguments, isThroughServer);
            kd.Prints("Microsoft (R) Windows Debugger Version 10.0\n" + prompt);
            kd.IsSilent(KdOutput.Silence);
            Assert.EndsWith($"[{prompt}]", kd.Seen, StringComparison.Ordinal);
            kd.Clear();
            return kd;
        }

        public (string Line, string Token) Write(string line)
        {
            var writing = Writes(line);
            return (writing.Text, writing.Text.Split(".echo ")[^1]);
        }
    }
}
