using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>A person watches from one computer at a time; whoever was moved away takes the session back (rule D2).</summary>
public sealed class TakeCommandTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.Transcript.AddOutput("one\n");
        server.Transcript.AddOutput("two\n");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Watch_WhenMovedAwayAndNobodyCanBeAsked_EndsWithACodeAndTheCommandThatTakesItBack()
    {
        server.MovesAwayAt = 2;
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.JoinedElsewhere, await cli.RunAsync("sessions", "watch", server.SessionId));
        Assert.Equal("one\ntwo\n", cli.Out);
        Assert.Contains("from laptop now", cli.Error, StringComparison.Ordinal);
        Assert.Contains($"orleanskd sessions take {server.SessionId} --after 2\n", cli.Error, StringComparison.Ordinal);

        // A script goes on with exactly that.
        End();
        var taken = new Cli(server);
        Assert.Equal(ExitCodes.Done, await taken.RunAsync("sessions", "take", server.SessionId, "--after", "2"));
        Assert.StartsWith("three\n", taken.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y", ExitCodes.Done)]
    [InlineData("n", ExitCodes.JoinedElsewhere)]
    public async Task Watch_WhenMovedAwayAndAPersonIsThere_AsksAndGoesOnWhereItWas(string answer, int code)
    {
        server.MovesAwayAt = 2;
        var cli = new Cli(server) { Answer = answer };
        var watching = cli.RunAsync("sessions", "watch", server.SessionId);
        await server.MovedAway.Task.WaitAsync(TestContext.Current.CancellationToken);
        End();
        Assert.Equal(code, await watching);
        Assert.Contains("Take it back? [y/N]", cli.Error, StringComparison.Ordinal);
        Assert.StartsWith("one\ntwo\n", cli.Out, StringComparison.Ordinal);
        Assert.Equal(code == ExitCodes.Done ? 2 : 1, cli.Out.Split("three").Length);
    }

    [Fact]
    public async Task Take_WithoutASequence_GoesOnWithWhatComesFromNowOn()
    {
        var cli = new Cli(server);
        var taking = cli.RunAsync("sessions", "take", server.SessionId);
        await server.Transcript.WaitFor(transcript => transcript.IsFollowed, TestContext.Current.CancellationToken);
        End();
        Assert.Equal(ExitCodes.Done, await taking);
        Assert.StartsWith("three\n", cli.Out, StringComparison.Ordinal);
    }

    private void End()
    {
        server.Transcript.AddOutput("three\n");
        server.Transcript.Add(TranscriptEntryKind.RunExited, entry => entry with { ExitCode = 0 });
        server.Transcript.Add(TranscriptEntryKind.SessionTerminated, entry => entry with { Author = ScriptedServer.Ann });
    }
}
