using OrleansKd.Tui.Model;
using OrleansKd.Tui.Tests.SignIn;

namespace OrleansKd.Tui.Tests.Model;

public sealed class CommandHistoryTests : IDisposable
{
    private readonly TemporaryHome home = new();

    private string Path => System.IO.Path.Combine(home.Folder, "kept", "history");

    public void Dispose() => home.Dispose();

    [Fact]
    public void Older_GoesThroughWhatBeginsAsTyped_ThenBackToIt()
    {
        var history = new CommandHistory();
        foreach (var command in (string[])["bt", "info threads", "bt full", "bt full"])
            history.Add(command, "gdb");
        Assert.Equal(["bt full", "bt", null], new[] { history.Older("b"), history.Older("bt full"), history.Older("bt") });
        Assert.Equal(["bt full", "b", null], new[] { history.Newer(), history.Newer(), history.Newer() });
    }

    [Fact]
    public void History_WhenAnotherWindowOpensLater_IsThere_ButWithoutSecrets()
    {
        var file = new HistoryFile(Path);
        var first = new CommandHistory(file);
        first.Add("!process 0 0", "kd");
        first.Add(".server tcp:port=5005,password=hunter2", "kd");
        var second = new CommandHistory(file);
        Assert.Equal("!process 0 0", second.Older(""));
        Assert.Null(second.Older("!process 0 0"));
        Assert.DoesNotContain("hunter2", File.ReadAllText(Path), StringComparison.Ordinal);
        Assert.Equal(".server tcp:port=5005,password=hunter2", first.Older(""));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void History_WhenTheFileHasGrown_IsMadeShortAgain_AndKeepsTheLast()
    {
        var file = new HistoryFile(Path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllLines(Path, Enumerable.Range(0, 5_000).Select(index => $"command {index}").Append("bad \u001b[2J"));
        Assert.Equal("command 4999", new CommandHistory(file).Older(""));
        Assert.Equal(HistoryFile.DefaultLength, File.ReadAllLines(Path).Length);
    }

    [Fact]
    public void History_WhenItCanNotBeKept_IsThereAllTheSame()
    {
        Directory.CreateDirectory(Path);
        var history = new CommandHistory(new HistoryFile(Path));
        history.Add("bt", "gdb");
        Assert.Equal("bt", history.Older(""));
    }

    [Theory]
    [InlineData("gdb", "next", "next")]
    [InlineData("gdb", "bt", null)]
    [InlineData("kd", "p", "p")]
    [InlineData("kd", "g", null)]
    public void ToRepeat_IsThisWindowsLastCommandIfItSteps(string kind, string command, string? repeated)
    {
        var file = new HistoryFile(Path);
        var history = new CommandHistory(file);
        history.Add(command, kind);
        Assert.Equal(repeated, history.ToRepeat(kind));
        Assert.Null(new CommandHistory(file).ToRepeat(kind));
    }

    [Fact]
    public void Completion_OffersCommandsThenEarlierLines()
    {
        var history = new CommandHistory();
        history.Add("info symbol checksum", "gdb");
        var offered = CommandWords.After("gdb", "info s", history);
        Assert.Equal(["info sharedlibrary", "info signals", "info source", "info symbol", "info symbol checksum"], offered);
        Assert.Equal("info s", CommandWords.CommonStart(offered));
        Assert.Equal("!analyze -v", Assert.Single(CommandWords.After("kd", "!an", new CommandHistory())));
        Assert.Empty(CommandWords.After("kd", "", history));
        Assert.Empty(CommandWords.After("another", "bt", new CommandHistory()));
    }
}
