using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;
using static OrleansKd.Tui.Tests.Server.ScriptedServer;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>The server acts, and its answer is lost: asked once more where that can't act twice, under the same key; else told.</summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(LostAnswer.Cut, "sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "crash", "--computer", "elsewhere")]
    [InlineData(LostAnswer.BadGateway, "sessions", "host", "--debugger", "/usr/bin/gdb", "--name", "crash", "--computer", "elsewhere")]
    [InlineData(LostAnswer.Cut, "sessions", "invite", "ID", "bob@fabrikam.example")]
    [InlineData(LostAnswer.Cut, "sessions", "note", "ID", "text")]
    [InlineData(LostAnswer.Cut, "sessions", "suggest", "ID", "bt")]
    [InlineData(LostAnswer.Cut, "sessions", "close", "ID", "--target", "let-run")]
    public async Task Named_WhenTheAnswerIsLost_IsAskedAgainUnderTheSameKey(LostAnswer loss, params string[] arguments)
    {
        server.Losses.Enqueue(loss);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync(WithId(arguments)));
        var keys = server.Asked.Where(asked => asked.Method == "POST").Select(asked => asked.Key).ToArray();
        Assert.Equal(2, keys.Length);
        Assert.False(string.IsNullOrEmpty(keys[0]));
        Assert.Equal(keys[0], keys[1]);
    }

    [Fact]
    public async Task Named_WhenSentTwiceByAPerson_HaveAKeyEach()
    {
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "note", server.SessionId, "text"));
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("sessions", "note", server.SessionId, "text"));
        Assert.Equal(2, server.Asked.Select(asked => asked.Key).Distinct().Count());
    }

    [Theory]
    [InlineData("sessions", "break", "ID")]
    [InlineData("sessions", "terminate", "ID", "--yes")]
    [InlineData("sessions", "ungrant", "ID", "bob@fabrikam.example")]
    [InlineData("permissions", "request", "--join")]
    public async Task Harmless_WhenTheAnswerIsLost_AreAskedAgain(params string[] arguments)
    {
        if (arguments[1] == "terminate")
            server.Losses.Enqueue(null);
        server.Losses.Enqueue(LostAnswer.Cut);
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync(WithId(arguments)));
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(JsonSerializer.Serialize(server.Requests[0].Body, WireJson.Options), JsonSerializer.Serialize(server.Requests[1].Body, WireJson.Options));
    }

    [Theory]
    [InlineData("administrators", "rebind", "bob@fabrikam.example")]
    [InlineData("permissions", "revoke", "bob@fabrikam.example", "--join")]
    public async Task Unnamed_WhenTheAnswerIsLost_AreNotAskedAgain_AndNobodyKnows(params string[] arguments)
    {
        server.Losses.Enqueue(LostAnswer.Cut);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.OutcomeUnknown, await cli.RunAsync(arguments));
        Assert.Contains("may have been done or not", cli.Error, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Named_WhenBothAnswersAreLost_NobodyKnows()
    {
        server.Losses.Enqueue(LostAnswer.Cut);
        server.Losses.Enqueue(LostAnswer.BadGateway);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.OutcomeUnknown, await cli.RunAsync("sessions", "note", server.SessionId, "text"));
        Assert.Contains("may have been done or not", cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, server.Asked.Count);
    }

    [Fact]
    public async Task Reading_WhenTheAnswerIsLost_IsAskedAgain()
    {
        server.Losses.Enqueue(LostAnswer.Cut);
        Assert.Equal(ExitCodes.Done, await new Cli(server).RunAsync("whoami"));
        Assert.Equal(2, server.Asked.Count);
    }

    [Fact]
    public async Task Refusal_WhenItComes_IsNotAskedAgain()
    {
        server.OnFind = _ => null;
        Assert.Equal(ExitCodes.Failed, await new Cli(server).RunAsync("sessions", "find", "nobody@fabrikam.example"));
        Assert.Single(server.Asked);
    }

    private string[] WithId(string[] arguments) => [.. arguments.Select(argument => argument == "ID" ? server.SessionId : argument)];
}
