using OrleansKd.Agent.SignIn;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.SignIn;
using OrleansKd.Tui.Views;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Tests.Views;

[Collection(nameof(ViewCollection))]
public sealed class UnexpectedErrorTests : IDisposable
{
    private readonly TemporaryHome home = new();

    private string LogPath => Path.Combine(home.Folder, "logs", "client.log");

    public void Dispose() => home.Dispose();

    [Fact]
    public void Run_WhenSomethingThrows_ShowsAndLogsIt_AndTheWindowGoesOn()
    {
        using var window = new Window();
        using var screen = new Screen(new Window());
        var (shown, wentOn) = ("", false);
        screen.App.Post(() => screen.App.Post(Look));
        screen.App.Post(() => throw new InvalidOperationException("The model \u001b[2J broke."));
        Client(LogPath).Run(screen.App, window, TestContext.Current.CancellationToken);

        Assert.Contains("The model ␛[2J broke.", shown, StringComparison.Ordinal);
        Assert.Contains("client.log", shown, StringComparison.Ordinal);
        Assert.True(wentOn);
        Assert.Contains("InvalidOperationException: The model ␛[2J broke.", File.ReadAllText(LogPath), StringComparison.Ordinal);

        void Look()
        {
            if (!screen.Text.Contains("Unexpected error", StringComparison.Ordinal))
            {
                screen.App.Post(Look);
                return;
            }
            shown = screen.Text;
            screen.App.RequestStop();
            screen.App.Post(() =>
            {
                wentOn = true;
                screen.App.RequestStop(window);
            });
        }
    }

    [Fact]
    public void Write_KeepsTheFilePrivateAndSmall()
    {
        var log = new ProblemLog(LogPath, TimeProvider.System);
        Assert.Equal(LogPath, log.Write(new InvalidOperationException(new string('x', 1024 * 1024))));
        log.Write(new InvalidOperationException("the next"));
        Assert.InRange(new FileInfo(LogPath).Length, 1, 10_000);
        Assert.True(File.Exists(LogPath + ".1"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LogPath));
    }

    [Fact]
    public void Write_WhenItCant_SaysSo()
    {
        File.WriteAllText(Path.Combine(home.Folder, "file"), "");
        Assert.StartsWith("nowhere (", new ProblemLog(Path.Combine(home.Folder, "file", "client.log"), TimeProvider.System).Write(new InvalidOperationException()), StringComparison.Ordinal);
    }

    private TerminalClient Client(string log) => new(
        new KnownServers(new ProfileStore(home.Folder), _ => null, TimeProvider.System), new SettingsFile(home.Folder), new ProblemLog(log, TimeProvider.System), TimeProvider.System, () => 0);
}
