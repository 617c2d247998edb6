using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

public sealed class SpoolRulesTests
{
    private const long Limit = 2_000_000_000;

    [Fact]
    public void SpoolReport_WhenTheStateIsKnown_IsNoNews() => Assert.All(Enum.GetValues<SpoolState>(), state =>
        Assert.Empty(SessionRules.AfterSpoolReport(HostedBy(Ann) with { Spool = state }, state, Limit, Limit)));

    [Fact]
    public void SpoolReport_WhenTheRunIsOver_IsNoNews() =>
        Assert.Empty(SessionRules.AfterSpoolReport(HostedBy(Ann) with { RunIsOver = true }, SpoolState.Holding, Limit, Limit));

    [Theory]
    [InlineData(SpoolState.Normal, SpoolState.NearlyFull, SpoolFullAction.Hold, 1_600_000_000, "1,600 MB of output that the server does not have yet, of at most 2,000 MB. At the limit the debugger is held")]
    [InlineData(SpoolState.Normal, SpoolState.NearlyFull, SpoolFullAction.Gap, 1_600_000_000, "At the limit further output is left out and counted")]
    [InlineData(SpoolState.NearlyFull, SpoolState.Holding, SpoolFullAction.Hold, Limit, "The target is held: the agent on lab keeps 2,000 MB")]
    [InlineData(SpoolState.Normal, SpoolState.Holding, SpoolFullAction.Hold, 1_000_000, "The target is held: the disk of lab is full")]
    [InlineData(SpoolState.NearlyFull, SpoolState.LeavingOut, SpoolFullAction.Gap, Limit, "Output is left out: the agent on lab keeps 2,000 MB")]
    [InlineData(SpoolState.Holding, SpoolState.NearlyFull, SpoolFullAction.Hold, 1_700_000_000, "The target is not held any more. The agent on lab keeps 1,700 MB")]
    [InlineData(SpoolState.Holding, SpoolState.Normal, SpoolFullAction.Hold, 0, "The target is not held any more")]
    [InlineData(SpoolState.LeavingOut, SpoolState.Normal, SpoolFullAction.Gap, 0, "Output is kept again")]
    [InlineData(SpoolState.NearlyFull, SpoolState.Normal, SpoolFullAction.Hold, 0, "The server has taken most of what the agent kept")]
    public void SpoolReport_WhenItIsNews_IsFoldedAndSaidInWords(SpoolState before, SpoolState now, SpoolFullAction action, long bytes, string says)
    {
        var session = HostedBy(Ann) with { Spool = before, WhenSpoolFull = action };

        var entry = Assert.Single(SessionRules.AfterSpoolReport(session, now, bytes, Limit));

        Assert.Equal(now, session.With(entry.Kind, entry.Body).Spool);
        Assert.Equal(SessionLogEntryKind.SpoolStateChanged, entry.Kind);
        Assert.Contains(says, entry.Body.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhenItEndsOrStarts_HoldsNothing()
    {
        var session = HostedBy(Ann) with { Spool = SpoolState.Holding };

        Assert.Equal(SpoolState.Normal, session.With(SessionLogEntryKind.RunExited, new()).Spool);
        var next = session.With(SessionLogEntryKind.RunStarted, new() { Run = 2, DebuggerKind = "kd", WhenSpoolFull = SpoolFullAction.Gap });
        Assert.Equal((SpoolState.Normal, "kd", SpoolFullAction.Gap), (next.Spool, next.DebuggerKind, next.WhenSpoolFull));
    }
}
