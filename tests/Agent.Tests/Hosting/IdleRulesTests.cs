using OrleansKd.Agent.Hosting;

namespace OrleansKd.Agent.Tests.Hosting;

public sealed class IdleRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly IdleRules rules = new(TimeSpan.FromMinutes(5), Start);

    [Fact]
    public void MayStop_WhenTheServerSaysThreeTimesThatNothingIsOpen_AndTheGraceIsOver()
    {
        Assert.False(Ask(5, OpenSessions.None));
        Assert.False(Ask(6, OpenSessions.None));
        Assert.True(Ask(7, OpenSessions.None));
    }

    [Fact]
    public void MayStop_WhenTheGraceIsNotOver_IsFalse()
    {
        for (var minute = 0; minute < 5; minute++)
            Assert.False(Ask(minute, OpenSessions.None));
        Assert.True(Ask(5, OpenSessions.None));
    }

    [Theory]
    [InlineData(nameof(OpenSessions.Unknown))]
    [InlineData(nameof(OpenSessions.Some))]
    public void MayStop_WhenOneAnswerInBetweenDoesNotAgree_CountsAnew(string between)
    {
        Ask(10, OpenSessions.None);
        Ask(11, OpenSessions.None);
        Assert.False(Ask(12, Enum.Parse<OpenSessions>(between)));
        Assert.False(Ask(13, OpenSessions.None));
        Assert.False(Ask(14, OpenSessions.None));
        Assert.True(Ask(15, OpenSessions.None));
    }

    [Fact]
    public void MayStop_WhenARunIsAlive_BeginsTheGraceAnew()
    {
        Ask(10, OpenSessions.None);
        Assert.False(rules.MayStop(isBusy: true, OpenSessions.None, Start.AddMinutes(11)));
        for (var minute = 12; minute < 16; minute++)
            Assert.False(Ask(minute, OpenSessions.None));
        Assert.True(Ask(16, OpenSessions.None));
    }

    [Fact]
    public void MayStop_WhenSomebodyIsAboutToHost_BeginsTheGraceAnew()
    {
        Ask(10, OpenSessions.None);
        Ask(11, OpenSessions.None);
        rules.Active(Start.AddMinutes(11.5));
        Assert.False(Ask(12, OpenSessions.None));
        Assert.False(Ask(13, OpenSessions.None));
        Assert.False(Ask(14, OpenSessions.None));
        Assert.True(Ask(17, OpenSessions.None));
    }

    private bool Ask(int minute, OpenSessions open) => rules.MayStop(isBusy: false, open, Start.AddMinutes(minute));
}
