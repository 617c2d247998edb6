using Microsoft.Extensions.Time.Testing;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.Control;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

public sealed class LocalStartsTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void MayStart_WhenTheServersWordIsEnough_IsAlwaysTrue() => Assert.True(new LocalStarts(false, time).MayStart(New("gdb", "-nx")));

    [Fact]
    public void MayStart_WhenNobodyAskedHere_IsFalse() => Assert.False(new LocalStarts(true, time).MayStart(New("gdb", "-nx")));

    [Fact]
    public void MayStart_WhenAskedHere_IsTrueOnce()
    {
        var starts = new LocalStarts(true, time);
        starts.Announce(LocalStart.OfNew("gdb", "-nx", false));
        starts.Announce(LocalStart.OfNew("gdb", "-nx", false));
        Assert.True(starts.MayStart(New("gdb", "-nx")));
        Assert.False(starts.MayStart(New("gdb", "-nx")));
    }

    [Theory]
    [InlineData("gdb", "-nx -ex shell", 1, false)]
    [InlineData("lldb", "-nx", 1, false)]
    [InlineData("gdb", "-nx", 1, true)]
    [InlineData("gdb", "-nx", 2, false)]
    public void MayStart_WhenTheServerAsksForSomethingElse_IsFalseAndUsesUpNothing(string debugger, string arguments, int run, bool secure)
    {
        var starts = new LocalStarts(true, time);
        starts.Announce(LocalStart.OfNew("gdb", "-nx", false));
        Assert.False(starts.MayStart(New(debugger, arguments) with { Run = run, SecureMode = secure }));
        Assert.True(starts.MayStart(New("gdb", "-nx")));
    }

    [Fact]
    public void MayStart_OfAReopening_IsAboutItsSession()
    {
        var starts = new LocalStarts(true, time);
        starts.Announce(LocalStart.OfReopened("one"));
        Assert.False(starts.MayStart(New("gdb", "-nx") with { SessionId = "two", Run = 2 }));
        Assert.False(starts.MayStart(New("gdb", "-nx") with { SessionId = "one", Run = 1 }));
        Assert.True(starts.MayStart(New("gdb", "-nx") with { SessionId = "one", Run = 2 }));
        Assert.False(starts.MayStart(New("gdb", "-nx") with { SessionId = "one", Run = 3 }));
    }

    [Fact]
    public void MayStart_WhenItWasAskedLongAgo_IsFalse()
    {
        var starts = new LocalStarts(true, time);
        starts.Announce(LocalStart.OfNew("gdb", "-nx", false));
        time.Advance(TimeSpan.FromMinutes(2));
        starts.Announce(LocalStart.OfReopened("one"));
        Assert.True(starts.MayStart(New("gdb", "-nx")));
        time.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
        Assert.False(starts.MayStart(New("gdb", "-nx") with { SessionId = "one", Run = 2 }));
    }

    [Fact]
    public void Announce_WhenThereAreTooMany_ForgetsTheOldest()
    {
        var starts = new LocalStarts(true, time);
        for (var number = 0; number <= 64; number++)
            starts.Announce(LocalStart.OfNew("gdb", $"{number}", false));
        Assert.False(starts.MayStart(New("gdb", "0")));
        Assert.True(starts.MayStart(New("gdb", "1")));
        Assert.True(starts.MayStart(New("gdb", "64")));
    }

    private static AgentRequest New(string debugger, string arguments) => new("request", "session", 1, debugger, arguments, TimeSpan.FromSeconds(15));
}
