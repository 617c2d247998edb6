using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

public sealed class FindCommandTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.OnFind = email => email == ScriptedServer.Bob.Email ? ScriptedServer.Bob : null;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Find_WhenSomebodyCanBeInvited_ShowsWho()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "find", ScriptedServer.Bob.Email));
        var row = cli.Out.Split('\n')[1];
        Assert.Equal([ScriptedServer.Bob.Email, ScriptedServer.Bob.Company, ScriptedServer.Bob.Name], row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task Find_WithJson_IsThePerson()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("sessions", "find", ScriptedServer.Bob.Email, "--json"));
        Assert.Equal(ScriptedServer.Bob, JsonSerializer.Deserialize<UserSummary>(cli.Out, WireJson.Options));
    }

    [Fact]
    public async Task Find_WhenNobodyCanBeInvited_IsTheServersSentence()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Failed, await cli.RunAsync("sessions", "find", "nobody@fabrikam.example"));
        Assert.Equal("orleanskd: Nobody with the address nobody@fabrikam.example can be invited.\n", cli.Error);
        Assert.Equal("", cli.Out);
    }
}
