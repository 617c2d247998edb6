using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>What follows from a debugger's end, with and without a quit word (rules F5, F6).</summary>
public sealed class RunEndRulesTests
{
    /// <summary>Every end × connection × intent.</summary>
    [Theory]
    [InlineData(RunEnd.Exited, null, true, false, SessionState.Closed)]
    [InlineData(RunEnd.Exited, null, true, true, SessionState.Terminated)]
    [InlineData(RunEnd.Exited, null, false, false, SessionState.Terminated)]
    [InlineData(RunEnd.Exited, null, false, true, SessionState.Terminated)]
    [InlineData(RunEnd.Signalled, "SIGKILL", true, false, SessionState.Terminated)]
    [InlineData(RunEnd.Signalled, "SIGKILL", true, true, SessionState.Terminated)]
    [InlineData(RunEnd.Signalled, "SIGKILL", false, false, SessionState.Terminated)]
    [InlineData(RunEnd.Signalled, "SIGSEGV", true, false, SessionState.Closed)]
    [InlineData(RunEnd.Signalled, "SIGSEGV", true, true, SessionState.Terminated)]
    [InlineData(RunEnd.Signalled, "SIGSEGV", false, false, SessionState.Terminated)]
    [InlineData(RunEnd.AgentStopped, null, true, false, SessionState.Closed)]
    [InlineData(RunEnd.AgentStopped, null, true, true, SessionState.Closed)]
    [InlineData(RunEnd.AgentStopped, null, false, false, SessionState.Terminated)]
    [InlineData(RunEnd.AgentDied, null, true, false, SessionState.Closed)]
    [InlineData(RunEnd.AgentDied, null, true, true, SessionState.Closed)]
    [InlineData(RunEnd.AgentDied, null, false, false, SessionState.Terminated)]
    [InlineData(RunEnd.Left, null, true, false, SessionState.Closed)]
    [InlineData(RunEnd.Left, null, false, false, SessionState.Terminated)]
    public void RunExited_WhenActive_ClosesOrTerminatesWithTheReason(RunEnd end, string? signal, bool throughServer, bool hasQuit, SessionState expected)
    {
        var session = HostedBy(Ann, throughServer);
        if (hasQuit)
            session = Quit(session, "quit");

        var (after, entry) = Exit(session, end, signal, "gdb is gone");

        Assert.Equal(expected, after.State);
        Assert.Contains("gdb is gone", entry!.Body.Text, StringComparison.Ordinal);
        if (hasQuit && expected is SessionState.Terminated)
            Assert.Equal("'quit' by Ann Host (Contoso) ended the debugger: gdb is gone", entry.Body.Text);
        if (!hasQuit && signal is "SIGKILL")
            Assert.StartsWith("somebody ended the debugger: ", entry.Body.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, RunEnd.Left, false, SessionState.Closed)]
    [InlineData(true, RunEnd.Left, true, SessionState.Closed)]
    [InlineData(true, RunEnd.Exited, false, SessionState.Closed)]
    [InlineData(true, RunEnd.Exited, true, SessionState.Terminated)]
    [InlineData(true, RunEnd.Signalled, false, SessionState.Closed)]
    [InlineData(true, RunEnd.AgentDied, false, SessionState.Closed)]
    [InlineData(false, RunEnd.Exited, false, SessionState.Terminated)]
    [InlineData(false, RunEnd.AgentDied, false, SessionState.Terminated)]
    public void RunExited_WhenClosed_LeavesItClosedThroughAServer_UnlessAQuitWordEndedIt(bool throughServer, RunEnd end, bool hasQuit, SessionState expected)
    {
        var session = HostedBy(Ann, throughServer);
        if (hasQuit)
            session = Quit(session, "quit");
        session = session.With(LifecycleRules.Close(session, Ann.Id, null, true, 0, "r", Now));

        Assert.Equal(expected, Exit(session, end, end is RunEnd.Signalled ? "SIGKILL" : null, "gdb is gone").After.State);
    }

    [Fact]
    public void RunExited_WhenAnEarlierAgentSaysNoMore_IsReadFromCodeAndSignal()
    {
        Assert.Equal(RunEnd.Signalled, EndOf(new AgentReport { Signal = "SIGKILL" }));
        Assert.Equal(RunEnd.Exited, EndOf(new AgentReport { ExitCode = 0 }));
        Assert.Equal(RunEnd.AgentDied, EndOf(new AgentReport { Text = "The agent on this computer ended" }));
        static RunEnd? EndOf(AgentReport report) => Entries(HostedBy(Ann), AgentChunkKind.RunExited, report).Single(entry => entry.Kind is SessionLogEntryKind.RunExited).Body.End;
    }

    [Theory]
    [InlineData("kd", "qq", "qq")]
    [InlineData("kd", "k; .detach", ".detach")]
    [InlineData("gdb", "quit 3", "quit")]
    [InlineData("gdb", "print q", null)]
    [InlineData("kd", ".echo qq", null)]
    public void EnterCommand_WhenItHasAQuitWord_RecordsIt(string kind, string line, string? word)
    {
        var session = HostedBy(Ann) with { DebuggerKind = kind };

        var entry = Assert.Single(Assert.IsType<Decision.Record>(SessionRules.EnterCommand(session, Ann.Id, "c", line, true, Now)).Entries);

        Assert.Equal(word, entry.Body.Quit);
    }

    [Fact]
    public void QuitIntent_WhenTheCommandOnlyWaits_IsNone_AndAKeyIsOneAtOnce()
    {
        var waiting = HostedBy(Ann) with { DebuggerKind = "kd" };
        waiting = waiting.With(SessionRules.EnterCommand(waiting, Ann.Id, "c", "qq", true, Now));
        var pressed = HostedBy(Ann) with { DebuggerKind = "kd" };
        pressed = pressed.With(SessionRules.Press(pressed, Ann.Id, "k", "b", null, true, Now));

        Assert.Null(waiting.Quit);
        Assert.Equal(("Ctrl+B", Now), (pressed.Quit!.Word, pressed.Quit.CompletedAt));
        Assert.Null(pressed.With(SessionLogEntryKind.KeyRefused, new SessionLogEntryBody { Key = "b" }).Quit);
    }

    [Fact]
    public void QuitHadNoEffect_WhenThePromptIsBackForTenSeconds_IsSaidOnce()
    {
        var running = Quit(HostedBy(Ann, throughServer: true), "qq");
        var back = running.With(SessionLogEntryKind.CommandCompleted, new SessionLogEntryBody { CommandId = "c" });

        Assert.Empty(LifecycleRules.AfterQuitHadNoEffect(running, Now.AddHours(1)));
        Assert.Empty(LifecycleRules.AfterQuitHadNoEffect(back, Now + TimeSpan.FromSeconds(9.9)));
        var entry = Assert.Single(LifecycleRules.AfterQuitHadNoEffect(back, Now + TimeSpan.FromSeconds(10)));
        Assert.Equal((SessionLogEntryKind.QuitHadNoEffect, "qq", "Ann Host"), (entry.Kind, entry.Body.Text, entry.Body.Author?.Name));
        var after = back.With(entry.Kind, entry.Body);
        Assert.Empty(LifecycleRules.AfterQuitHadNoEffect(after, Now.AddHours(1)));
        Assert.Equal(SessionState.Closed, Exit(after, RunEnd.Exited, null, "later").After.State);
    }

    [Fact]
    public void QuitHadNoEffect_WhileTheAgentIsUnreachableOrTheDebuggerIsBeingLeft_IsNotSaid()
    {
        var back = Quit(HostedBy(Ann, throughServer: true), "qq").With(SessionLogEntryKind.CommandCompleted, new SessionLogEntryBody { CommandId = "c" });

        Assert.Null(LifecycleRules.QuitHasNoEffectAt(back with { Debugger = DebuggerState.Offline }));
        Assert.Null(LifecycleRules.QuitHasNoEffectAt(back.With(LifecycleRules.Close(back, Ann.Id, null, true, 0, "r", Now))));
        Assert.Null(LifecycleRules.QuitHasNoEffectAt(back with { RunIsOver = true }));
    }

    [Fact]
    public void TargetLetGo_WhenReported_TerminatesWithWhoDidIt_AndAsksTheAgentToEndTheRest()
    {
        var session = Quit(HostedBy(Ann, throughServer: true), ".detach");

        var after = session.With(new Decision.Record(Entries(session, AgentChunkKind.TargetLetGo, new AgentReport { Text = "kd: Detached" })));

        Assert.Equal(SessionState.Terminated, after.State);
        Assert.True(after.EndAskedBy > 0);
        Assert.Null(after.EndTarget);
        Assert.Equal("'.detach' by Ann Host (Contoso): kd: Detached", LifecycleRules.AfterTargetLetGo(session, "kd: Detached")[^1].Body.Text);
    }

    private static Session Quit(Session session, string line)
    {
        session = session with { DebuggerKind = line[0] is '.' || line is "qq" ? "kd" : "gdb" };
        return session.With(SessionRules.EnterCommand(session, Ann.Id, "c", line, true, Now)).With(SessionLogEntryKind.CommandStarted, new SessionLogEntryBody { CommandId = "c" });
    }

    private static (Session After, NewEntry? Ending) Exit(Session session, RunEnd end, string? signal, string text)
    {
        var entries = Entries(session, AgentChunkKind.RunExited, new AgentReport { End = end, Signal = signal, Text = text });
        return (session.With(new Decision.Record(entries)), entries.LastOrDefault(entry => entry.Kind is SessionLogEntryKind.SessionClosed or SessionLogEntryKind.SessionTerminated));
    }

    private static NewEntry[] Entries(Session session, AgentChunkKind kind, AgentReport report) => SessionChunks.Entries(session, new StoredChunk(1, kind, default, report));
}
