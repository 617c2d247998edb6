using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

public sealed class CompletionTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.Sessions = [server.Summary()];
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(new[] { "sess" }, "sessions")]
    [InlineData(new[] { "sessions", "unt" }, "")]
    [InlineData(new[] { "sessions", "wat" }, "watch")]
    [InlineData(new[] { "sessions", "list", "--js" }, "--json")]
    [InlineData(new[] { "sessions", "suggestions", "r" }, "run")]
    [InlineData(new[] { "sessions", "grant", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "bob@fabrikam.example", "i" }, "inspect")]
    [InlineData(new[] { "sessions", "terminate", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "--target", "" }, "leave-stopped\nlet-run")]
    [InlineData(new[] { "sessions", "run", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "print \"x\"", "--wa" }, "--wait")]
    [InlineData(new[] { "comp" }, "completion\ncomputers")]
    public async Task Complete_ByTheWordsBefore_NamesWhatMayFollow(string[] words, string expected)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync(["complete", "--", .. words]));
        Assert.Equal(expected, string.Join('\n', cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Complete_WhenAWordBeginsWithAt_ReadsNoFile()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "suggestions", TestContext.Current.CancellationToken);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("complete", "--", "sessions", $"@{file}", "dism"));
        Assert.Equal("", cli.Out);
        File.Delete(file);
    }

    [Fact]
    public async Task Complete_WhenASessionIsNext_NamesTheSessionsOfTheServer()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("complete", "--", "sessions", "watch", server.SessionId[..3]));
        Assert.Equal(server.SessionId + "\n", cli.Out);
    }

    [Fact]
    public async Task Complete_WhenTheSessionIsThere_DoesNotNameItAgain()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("complete", "--", "sessions", "watch", server.SessionId, ""));
        Assert.DoesNotContain(server.SessionId, cli.Out, StringComparison.Ordinal);
        Assert.Contains("--after\n", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_WhenNobodyIsSignedIn_NamesTheOptionsAndSaysNothing()
    {
        var cli = new Cli(() => throw new ProblemException(ProblemCodes.NotSignedIn, "not signed in"));
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("complete", "--", "sessions", "watch", ""));
        Assert.Contains("--after\n", cli.Out, StringComparison.Ordinal);
        Assert.Equal("", cli.Error);
    }

    [Fact]
    public async Task Complete_WhenTheCursorIsAtANewWord_NeedsNoEmptyArgument()
    {
        var (with, without) = (new Cli(server), new Cli(server));
        Assert.Equal(ExitCodes.Done, await with.RunAsync("complete", "--next", "--", "sessions", "queue"));
        Assert.Equal(ExitCodes.Done, await without.RunAsync("complete", "--", "sessions", "queue", ""));
        Assert.Contains("remove\n", with.Out, StringComparison.Ordinal);
        Assert.Equal(without.Out, with.Out);
    }

    [Fact]
    public async Task Complete_WhenDescribed_SaysInOneSentenceWhatEachWordMeans()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("complete", "--described", "--", "sessions", "queue", "rem"));
        Assert.Equal("remove\tRemove one; whether that came in time, the transcript tells\n", cli.Out);
    }

    [Fact]
    public async Task Complete_WhenASessionsNameIsHostile_DescribesItOnOneLineInVisibleText()
    {
        server.Sessions = [server.Summary() with { Name = "x\u001b[2J\ty\nz" }];
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("complete", "--described", "--", "sessions", "watch", server.SessionId[..5]));
        Assert.Equal($"{server.SessionId}\tx␛[2J y z\n", cli.Out);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _orleanskd orleanskd")]
    [InlineData("zsh", "compdef _orleanskd orleanskd")]
    [InlineData("fish", "complete -c orleanskd")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName orleanskd")]
    public async Task Script_OfEveryShell_RegistersTheProgram(string shell, string registration)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("completion", shell));
        Assert.Contains(registration, cli.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", cli.Out, StringComparison.Ordinal);
    }
}
