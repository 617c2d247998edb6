using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Tests.Model;

public sealed class SessionActionsTests
{
    private static readonly UserSummary Ann = new("Ann", "Contoso", "ann@contoso.example");
    private static readonly AccountSummary Me = new("Ann", "Contoso", Ann.Email, MayHost: true, MayJoin: true, IsAdministrator: false);
    private static readonly SessionSummary Mine = new("s", "Crash", "", SessionState.Active, DebuggerState.Ready, Ann, IsHost: true, 1, default, default, null, null);
    private static readonly SessionSummary Theirs = Mine with { IsHost = false, Invitation = InvitationState.Accepted };

    [Fact]
    public void WhyNot_OfTheHostsActiveSession_AllowsAllButReopenAndDelete()
    {
        foreach (var action in Enum.GetValues<SessionAction>().Except([SessionAction.Reopen, SessionAction.ReopenElsewhere, SessionAction.Delete, SessionAction.Leave]))
            Assert.Null(SessionActions.WhyNot(action, Mine, Me));
        Assert.Equal("“Crash” is open. Enter shows it.", SessionActions.WhyNot(SessionAction.Reopen, Mine, Me));
        Assert.Equal("Only a terminated session can be deleted. F8 terminates “Crash”.", SessionActions.WhyNot(SessionAction.Delete, Mine, Me));
        Assert.Equal("You host “Crash”. F6 closes it, F8 terminates it.", SessionActions.WhyNot(SessionAction.Leave, Mine, Me));
        Assert.Null(SessionActions.WhyNot(SessionAction.Leave, Mine with { Invitation = InvitationState.Pending }, Me));
    }

    [Theory]
    [InlineData(SessionAction.Invite)]
    [InlineData(SessionAction.Close)]
    [InlineData(SessionAction.Terminate)]
    [InlineData(SessionAction.Delete)]
    internal void WhyNot_OfSomebodyElsesSession_NamesTheHost(SessionAction action) =>
        Assert.StartsWith("Only the host, Ann (Contoso), ", SessionActions.WhyNot(action, Theirs, Me), StringComparison.Ordinal);

    [Theory]
    [InlineData(SessionAction.Open)]
    [InlineData(SessionAction.People)]
    [InlineData(SessionAction.Export)]
    [InlineData(SessionAction.Leave)]
    internal void WhyNot_OfAClientsTerminatedSession_LetsThemReadAndLeave(SessionAction action) =>
        Assert.Null(SessionActions.WhyNot(action, Theirs with { State = SessionState.Terminated }, Me));

    [Fact]
    public void WhyNot_OfAClosedSession_ReopensAndTerminatesButDoesNotCloseAgain()
    {
        var closed = Mine with { State = SessionState.Closed };
        Assert.Null(SessionActions.WhyNot(SessionAction.Reopen, closed, Me));
        Assert.Null(SessionActions.WhyNot(SessionAction.Reopen, closed with { IsHost = false }, Me));
        Assert.Null(SessionActions.WhyNot(SessionAction.ReopenElsewhere, closed, Me));
        Assert.Equal("Only the host, Ann (Contoso), re-opens it elsewhere.", SessionActions.WhyNot(SessionAction.ReopenElsewhere, closed with { IsHost = false }, Me));
        Assert.Null(SessionActions.WhyNot(SessionAction.Terminate, closed, Me));
        Assert.Equal("“Crash” is closed. F7 re-opens it.", SessionActions.WhyNot(SessionAction.Close, closed, Me));
    }

    [Theory]
    [InlineData(SessionAction.Invite)]
    [InlineData(SessionAction.Close)]
    [InlineData(SessionAction.Reopen)]
    [InlineData(SessionAction.Terminate)]
    internal void WhyNot_OfATerminatedSession_SaysThatItIsOver(SessionAction action) =>
        Assert.StartsWith("“Crash” is terminated: ", SessionActions.WhyNot(action, Mine with { State = SessionState.Terminated }, Me), StringComparison.Ordinal);

    [Fact]
    public void WhyNot_WhenTenAreInvited_NamesTheLimitAndTheWayOut() =>
        Assert.Equal("“Crash” has its 10 clients. F5 takes an invitation back.", SessionActions.WhyNot(SessionAction.Invite, Mine with { Clients = Limits.InvitedClients }, Me));

    [Fact]
    public void WhyNot_WithoutAPermission_SaysWhoGivesItAndWithWhichKey()
    {
        Assert.Equal("You may not host sessions yet. Ctrl+P asks an administrator of Contoso for the permission.", SessionActions.WhyNot(SessionAction.Host, null, Me with { MayHost = false }));
        Assert.Contains("belongs to no organization", SessionActions.WhyNot(SessionAction.Host, null, Me with { MayHost = false, Company = null }), StringComparison.Ordinal);
        Assert.Equal("The server has not answered yet.", SessionActions.WhyNot(SessionAction.Host, null, null));
        Assert.Contains("Ctrl+P", WhenEmpty.OfClient(Me with { MayJoin = false }, null, new Uri("http://x")), StringComparison.Ordinal);
        Assert.Contains("F2", WhenEmpty.OfHost(Me, null, new Uri("http://x")), StringComparison.Ordinal);
    }

    [Fact]
    public void WhyNot_WithNothingSelected_SaysSo()
    {
        Assert.Equal("Select a session first.", SessionActions.WhyNot(SessionAction.Close, null, Me));
        Assert.Null(SessionActions.WhyNot(SessionAction.Permissions, null, null));
    }

    [Fact]
    public void WhyNot_WhenAHostsNameIsHostile_ShowsIt() =>
        Assert.Contains("Eve ‹U+202E›", SessionActions.WhyNot(SessionAction.Close, Theirs with { Host = new("Eve \u202e", "", "e@x") }, Me), StringComparison.Ordinal);
}
