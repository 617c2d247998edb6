using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

public sealed class CommandLineTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAtPromptAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task NoCommand_RunsTheClient() => Assert.Equal(99, await new Cli(server).RunAsync());

    [Fact]
    public async Task List_WithJson_IsAnArrayOfSessions()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("--json", "sessions", "list"));
        var session = JsonDocument.Parse(cli.Out).RootElement.EnumerateArray().Single();
        Assert.Equal(server.SessionId, session.GetProperty("id").GetString());
        Assert.Equal("active", session.GetProperty("state").GetString());
        Assert.Equal("ready", session.GetProperty("debugger").GetString());
        Assert.Equal("Ann Host", session.GetProperty("host").GetProperty("name").GetString());
    }

    [Fact]
    public async Task List_WhenANameIsHostile_IsVisibleText()
    {
        server.Sessions = [server.Summary() with { Name = "x\u001b[2J\u202ey" }];
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "list"));
        Assert.Contains("x␛[2J‹U+202E›y", cli.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', cli.Out);
    }

    [Theory]
    [InlineData("sessions", "frobnicate")]
    [InlineData("sessions", "watch")]
    [InlineData("sessions", "watch", "not-an-id")]
    [InlineData("sessions", "host", "--name", "x")]
    [InlineData("sessions", "list", "--server", "ftp://x")]
    [InlineData("sessions", "list", "--after", "7")]
    [InlineData("sessions", "list", "--watch", "--after", "7")]
    [InlineData("sessions", "list", "--after")]
    [InlineData("sessions", "list", "--watch=maybe", "--after", "7")]
    [InlineData("agent", "run", "--idle-after", "soon")]
    [InlineData("agent", "run", "--idle-after")]
    [InlineData("agent", "run", "--idle-after", "0")]
    [InlineData("tokens", "make", "lab", "--right", "read", "--days", "soon")]
    [InlineData("tokens", "make", "lab", "--right", "read", "--days", "0")]
    [InlineData("tokens", "make", "lab", "--right", "read", "--days", "10000000000")]
    [InlineData("permissions", "request", "--host=maybe")]
    [InlineData("permissions", "request", "--host=false")]
    [InlineData("sessions", "terminate", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "--target", "explode")]
    [InlineData("sessions", "watch", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "--after", "-1")]
    public async Task WrongUsage_IsToldOnStandardError(params string[] arguments)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Usage, await cli.RunAsync(arguments));
        Assert.StartsWith("orleanskd: ", cli.Error, StringComparison.Ordinal);
        Assert.Equal("", cli.Out);
    }

    [Fact]
    public async Task Help_NamesTheExitCodes()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("--help"));
        Assert.Contains("the server or the sign-in's authority can't be reached", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_IsTheServersSentence()
    {
        server.Refusal = (403, ProblemCodes.HostOnly, "Only the host closes a session.");
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Failed, await cli.RunAsync("sessions", "close", server.SessionId));
        Assert.Equal("orleanskd: Only the host closes a session.\n", cli.Error);
    }

    [Fact]
    public async Task Refusal_WithJson_IsAnObjectOnStandardError()
    {
        server.Refusal = (403, ProblemCodes.HostOnly, "Only the host closes a session.");
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Failed, await cli.RunAsync("sessions", "close", server.SessionId, "--json"));
        var problem = JsonDocument.Parse(cli.Error).RootElement;
        Assert.Equal(ProblemCodes.HostOnly, problem.GetProperty("code").GetString());
        Assert.Equal("Only the host closes a session.", problem.GetProperty("message").GetString());
    }

    [Fact]
    public async Task NoServer_HasAnExitCodeOfItsOwn()
    {
        var cli = new Cli(() => server.Connect(new Uri("http://127.0.0.1:1"), new ScriptedServer.FixedToken()));
        Assert.Equal(ExitCodes.ServerUnreachable, await cli.RunAsync("sessions", "list"));
        Assert.Contains("http://127.0.0.1:1", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotSignedIn_HasAnExitCodeOfItsOwn()
    {
        var cli = new Cli(() => server.Connect(server.Address, new ScriptedServer.FixedToken("another")));
        Assert.Equal(ExitCodes.NotSignedIn, await cli.RunAsync("whoami"));
        Assert.StartsWith("orleanskd: not signed in: ", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WithoutAComputer_TakesThisOne()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-q --args ./target --name x", "--name", "Crash"));
        Assert.Equal(server.SessionId + "\n", cli.Out);
        var request = Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body);
        Assert.Equal(new HostSessionRequest("kdbox", "/usr/bin/gdb", "-q --args ./target --name x", "Crash", "", SpoolFullAction.Hold), request);
    }

    [Fact]
    public async Task Host_WhenASpoolThatIsFullShallLeaveOutput_SaysSo()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash", "--when-spool-full", "gap", "--yes"));
        Assert.Equal(SpoolFullAction.Gap, Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body).WhenSpoolFull);
        Assert.NotEqual(ExitCodes.Done, await cli.RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash", "--when-spool-full", "drop"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Host_InSecureMode_SaysSo()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "host", "--debugger", "/usr/bin/kd", "--arguments", "-k net:port=1", "--name", "Crash", "--secure", "--yes"));
        Assert.True(Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body).SecureMode);
    }

    [Theory]
    [InlineData("ctrl-b", "b")]
    [InlineData("^V", "v")]
    [InlineData("k", "k")]
    public async Task Key_WhenNamedInAnyWay_IsPressedOnceForItsRun(string named, string letter)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "key", server.SessionId, named, "--run", "3"));
        var request = Assert.IsType<PressKeyRequest>(Assert.Single(server.Requests).Body);
        Assert.Equal((letter, 3), (request.Key, request.Run));
        Assert.NotEqual(ExitCodes.Done, await cli.RunAsync("sessions", "key", server.SessionId, "enter"));
        Assert.Contains("'enter' is no control key", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WhenNoAgentRunsHere_StartsOneFirst()
    {
        server.Agent.IsRunning = false;
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash", "--computer", "KDBOX"));
        Assert.Equal(1, server.Agent.Starts);
        Assert.Equal("orleanskd: starting the agent on kdbox\n", cli.Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Host_WhenTheAgentCannotBeStarted_SaysWhyAndHostsNothing()
    {
        (server.Agent.IsRunning, server.Agent.Problem) = (false, "It ended while it started.");
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Failed, await cli.RunAsync("--json", "sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash"));
        Assert.Equal("It ended while it started.", JsonDocument.Parse(cli.Error).RootElement.GetProperty("message").GetString());
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Host_OnAnotherComputer_StartsNoAgentHere()
    {
        server.Agent.IsRunning = false;
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash", "--computer", "other"));
        Assert.Equal(0, server.Agent.Starts);
        Assert.Equal("other", Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body).Computer);
    }

    [Fact]
    public async Task Host_WhenDirectAndThePersonSaysNo_HostsNothing()
    {
        var cli = new Cli(server) { Answer = "n\n" };
        Assert.Equal(ExitCodes.Cancelled, await cli.RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash"));
        Assert.Contains("connected to its target directly", cli.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(null, TargetFate.LetRun)]
    [InlineData("let-run", TargetFate.LetRun)]
    [InlineData("leave-stopped", TargetFate.LeaveStopped)]
    public async Task Terminate_SaysWhatBecomesOfTheTarget(string? target, TargetFate expected)
    {
        string[] choice = target is null ? [] : ["--target", target];
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync(["sessions", "terminate", server.SessionId, .. choice]));
        Assert.Equal((Routes.Terminate, new TerminateSessionRequest(expected)), Assert.Single(server.Requests));
    }

    [Theory]
    [InlineData("y\n", ExitCodes.Done, 1)]
    [InlineData("\n", ExitCodes.Cancelled, 0)]
    public async Task Terminate_WhenAPersonIsThere_Asks(string answer, int code, int requests)
    {
        var cli = new Cli(server) { Answer = answer };
        Assert.Equal(code, await cli.RunAsync("sessions", "terminate", server.SessionId));
        Assert.Contains("Terminate 'Crash in ntfs' for good? Its target is let run. [y/N]", cli.Error, StringComparison.Ordinal);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task Invite_SendsAllAddressesInOneRequest()
    {
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "invite", server.SessionId, "a@x.example", "b@x.example"));
        var request = Assert.IsType<InviteRequest>(Assert.Single(server.Requests).Body);
        Assert.Equal(["a@x.example", "b@x.example"], request.Emails);
    }

    [Theory]
    [InlineData("invitations", "revoke")]
    [InlineData("sessions", "kick")]
    public async Task Revoke_NamesTheClientInThePath(string group, string verb)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync(group, verb, server.SessionId, "o'brien+x@fabrikam.example"));
        Assert.Equal((Routes.Invitation, "o'brien+x@fabrikam.example"), Assert.Single(server.Requests));
        Assert.Equal("o'brien+x@fabrikam.example is not invited any more.\n", cli.Out);
    }

    [Theory]
    [InlineData("invitations", "decline")]
    [InlineData("sessions", "leave")]
    public async Task Leave_IsOneRequest(string group, string verb)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync(group, verb, server.SessionId, "--json"));
        Assert.Equal((Routes.Leave, null), Assert.Single(server.Requests));
        Assert.Equal($$"""{"left":"{{server.SessionId}}"}""" + "\n", cli.Out);
    }

    [Fact]
    public async Task Leave_WhenTheIdIsNone_IsWrongUsage() =>
        Assert.Equal(ExitCodes.Usage, await new Cli(server).RunAsync("invitations", "decline", "nonsense"));

    [Fact]
    public async Task People_ShowsRolesAndWhomMailCouldNotReach()
    {
        server.People =
        [
            new("Ann Host", "Contoso", "ann@contoso.example", SessionRole.Host, IsPresent: true),
            new("Bob Guest", "Fabrikam", "bob@fabrikam.example", SessionRole.Client, IsPresent: false, InvitationState.Accepted, InvitationMail.Sent),
            new("Eve\u202E", "Fabrikam", "eve@fabrikam.example", SessionRole.Client, IsPresent: false, InvitationState.Pending, InvitationMail.NotDelivered),
        ];
        var cli = new Cli(server);

        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "people", server.SessionId));

        Assert.Equal("""
            ROLE    PRESENT  STATUS                       EMAIL                 NAME
            host    yes      -                            ann@contoso.example   Ann Host (Contoso)
            client  no       accepted                     bob@fabrikam.example  Bob Guest (Fabrikam)
            client  no       invited, mail not delivered  eve@fabrikam.example  Eve‹U+202E› (Fabrikam)

            """, cli.Out);
    }

    [Fact]
    public async Task Invitations_ListsOnlyWhatTheCallerIsInvitedTo()
    {
        server.Sessions = [server.Summary(), server.Summary(isHost: false) with { Name = "theirs", Invitation = InvitationState.Pending }];
        var cli = new Cli(server);

        Assert.Equal(ExitCodes.Done, await cli.RunAsync("invitations", "list"));

        Assert.Contains("theirs", cli.Out, StringComparison.Ordinal);
        Assert.Contains("invited", cli.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Crash in ntfs", cli.Out, StringComparison.Ordinal);
    }
}
