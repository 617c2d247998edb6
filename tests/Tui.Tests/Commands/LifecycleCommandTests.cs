using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary><c>sessions close</c>, <c>reopen</c>, <c>terminate</c>, <c>set</c>, and commands that may end the debugger (rules F2 to F5, F9).</summary>
public sealed class LifecycleCommandTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("r\n", ExitCodes.Done, TargetFate.LetRun)]
    [InlineData("s\n", ExitCodes.Done, TargetFate.LeaveStopped)]
    [InlineData("\n", ExitCodes.Cancelled, null)]
    [InlineData("y\n", ExitCodes.Cancelled, null)]
    public async Task Close_WhenTheTargetIsStoppedAndAPersonIsThere_Asks(string answer, int code, TargetFate? expected)
    {
        Stopped();
        var cli = new Cli(server) { Answer = answer };

        Assert.Equal(code, await cli.RunAsync("sessions", "close", server.SessionId));

        Assert.Contains("Its target is STOPPED. r: let it run first, s: leave it stopped", cli.Error, StringComparison.Ordinal);
        Assert.Equal(expected is null ? [] : [new CloseSessionRequest(expected)], server.Requests.Select(request => request.Body));
    }

    [Fact]
    public async Task Close_WhenTheTargetIsStoppedAndNobodyCanBeAsked_SaysSoAndLeavesItAsItIs()
    {
        Stopped();
        var cli = new Cli(server);

        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "close", server.SessionId));

        Assert.Equal("orleanskd: The target is stopped and stays so; '--target let-run' lets it run first.\n", cli.Error);
        Assert.Equal(new CloseSessionRequest(null), Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task Close_WhenTheTargetRuns_JustCloses()
    {
        server.Details = server.DetailsOf(server.Summary(debugger: DebuggerState.Running) with { TargetIsStopped = false });
        var cli = new Cli(server) { Answer = "" };

        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "close", server.SessionId, "--json"));

        Assert.Equal(("", $$"""{"id":"{{server.SessionId}}","state":"closed"}""" + "\n"), (cli.Error, cli.Out));
    }

    [Theory]
    [InlineData(false, "r\n", ExitCodes.Done, TargetFate.LetRun)]
    [InlineData(true, "s\n", ExitCodes.Done, TargetFate.LeaveStopped)]
    [InlineData(true, "\n", ExitCodes.Cancelled, null)]
    public async Task Terminate_WhenTheTargetIsStopped_AsksWhatBecomesOfIt(bool throughServer, string answer, int code, TargetFate? expected)
    {
        Stopped(throughServer);

        Assert.Equal(code, await new Cli(server) { Answer = answer }.RunAsync("sessions", "terminate", server.SessionId));

        Assert.Equal(expected is null ? [] : [new TerminateSessionRequest(expected)], server.Requests.Select(request => request.Body));
    }

    [Theory]
    [InlineData(false, TargetFate.LetRun)]
    [InlineData(true, null)]
    public async Task Terminate_WhenNobodyCanBeAsked_LetsADirectTargetRun_AndLeavesAServersAsItIs(bool throughServer, TargetFate? expected)
    {
        Stopped(throughServer);

        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "terminate", server.SessionId));

        Assert.Equal(new TerminateSessionRequest(expected), Assert.Single(server.Requests).Body);
    }

    [Theory]
    [InlineData(SessionState.Closed, true, null, 1)]
    [InlineData(SessionState.Closed, true, "lab2", 0)]
    [InlineData(SessionState.Closed, false, null, 0)]
    [InlineData(SessionState.Terminated, true, null, 0)]
    public async Task Reopen_WhenNoAgentRunsHere_StartsItForASessionOfTheHostsHere(SessionState state, bool isHost, string? computer, int starts)
    {
        server.Details = server.DetailsOf(server.Summary(state) with { IsHost = isHost, Computer = ScriptedAgent.Computer });
        server.Agent.IsRunning = false;
        var cli = new Cli(server);

        Assert.Equal(ExitCodes.Done, await cli.RunAsync(["sessions", "reopen", server.SessionId, .. computer is null ? Array.Empty<string>() : ["--computer", computer]]));

        Assert.Equal((starts, starts > 0), (server.Agent.Starts, cli.Error.Contains("starting the agent on kdbox", StringComparison.Ordinal)));
        Assert.Equal(new ReopenSessionRequest(computer), Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task Reopen_SendsWhatIsGiven()
    {
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "reopen", server.SessionId));
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "reopen", server.SessionId, "--computer", "lab2", "--debugger", "/opt/gdb", "--arguments", "-q"));

        Assert.Equal([new ReopenSessionRequest(), new ReopenSessionRequest("lab2", "/opt/gdb", "-q")], server.Requests.Select(request => request.Body));
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public async Task Set_SendsTheChange(string value, bool expected)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "set", server.SessionId, "--clients-may-reopen", value, "--json"));

        Assert.Equal(expected, JsonDocument.Parse(cli.Out).RootElement.GetProperty("clientsMayReopen").GetBoolean());
        Assert.Equal(new ChangeSessionRequest(expected), Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task Host_WhenClientsMayNotReopen_SaysSo()
    {
        server.Computers = [new("kdbox", true, [])];

        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "Crash", "--no-client-reopen", "--yes"));

        Assert.False(Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body).ClientsMayReopen);
    }

    [Theory]
    [InlineData("-ex 'target extended-remote kdbox:1'", "/usr/bin/gdb", null, 1)]
    [InlineData("-remote tcp:server=kdbox,port=1", @"C:\Debuggers\kd.exe", null, 1)]
    [InlineData("-remote tcp:server=kdbox", @"C:\Debuggers\kd.exe", "port", 0)]
    public async Task Host_WhenThroughAServer_AsksNothing_AndSaysWhatIsMalformed(string arguments, string debugger, string? problem, int requests)
    {
        server.Computers = [new("kdbox", true, [])];
        var cli = new Cli(server) { Answer = "" };

        await cli.RunAsync("sessions", "host", "--debugger", debugger, "--arguments", arguments, "--name", "Crash");

        Assert.Equal(requests, server.Requests.Count);
        Assert.Equal(problem is null, cli.Error.Length == 0);
        Assert.Contains(problem ?? "", cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quit", "n\n", false, false)]
    [InlineData("quit", "y\n", false, true)]
    [InlineData("quit", "", true, true)]
    [InlineData("print quit", "", false, true)]
    public async Task Run_WhenTheCommandMayEndTheDebugger_Asks(string command, string answer, bool yes, bool isSent)
    {
        var isEntered = false;
        server.OnCommand = request =>
        {
            isEntered = true;
            var entry = server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = "c1", Text = request.Text });
            server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = "c1" });
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = "c1" });
            return new EnterCommandResponse("c1", entry.Sequence);
        };
        string[] option = yes ? ["--yes"] : [];

        var code = await new Cli(server) { Answer = answer }.RunAsync(["sessions", "run", server.SessionId, command, .. option]);

        Assert.Equal((isSent ? ExitCodes.Done : ExitCodes.Cancelled, isSent), (code, isEntered));
    }

    [Theory]
    [InlineData(SessionState.Closed, true, true)]
    [InlineData(SessionState.Closed, null, false)]
    [InlineData(SessionState.Active, true, false)]
    public async Task List_WhenAClosedSessionsTargetIsStopped_MarksIt(SessionState state, bool? isStopped, bool isMarked)
    {
        server.Sessions = [server.Summary(state, DebuggerState.Exited) with { TargetIsStopped = isStopped }];
        var cli = new Cli(server);

        await cli.RunAsync("sessions", "list");

        Assert.Equal(isMarked, cli.Out.Contains("TARGET STOPPED", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("y\n", ExitCodes.Done, 1)]
    [InlineData("\n", ExitCodes.Cancelled, 0)]
    public async Task Delete_WhenAPersonIsThere_Asks(string answer, int code, int requests)
    {
        server.Details = server.DetailsOf(server.Summary() with { State = SessionState.Terminated });
        var cli = new Cli(server) { Answer = answer };

        Assert.Equal(code, await cli.RunAsync("sessions", "delete", server.SessionId));

        Assert.Contains("with its whole transcript, for you and its clients, for ever? [y/N]", cli.Error, StringComparison.Ordinal);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task Delete_WhenNobodyCanBeAsked_NeedsYes()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Usage, await cli.RunAsync("sessions", "delete", server.SessionId));
        Assert.Contains("Give --yes to delete it", cli.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);

        cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "delete", server.SessionId, "--yes", "--json"));
        Assert.Equal($$"""{"id":"{{server.SessionId}}","state":"deleted"}""" + "\n", cli.Out);
        Assert.Single(server.Requests);
    }

    private void Stopped(bool throughServer = false) => server.Details = server.DetailsOf(server.Summary() with { TargetIsStopped = true }, throughServer);
}
