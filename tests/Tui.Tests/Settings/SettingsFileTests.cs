using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Commands;
using OrleansKd.Tui.Tests.SignIn;

namespace OrleansKd.Tui.Tests.Settings;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TemporaryHome home = new();
    private readonly SettingsFile file;

    public SettingsFileTests() => file = new SettingsFile(Path.Combine(home.Folder, "orleanskd"));

    public void Dispose() => home.Dispose();

    [Fact]
    public void Load_WithoutAFile_IsTheDefaultsWithoutAProblem() => Assert.Equal((new ClientSettings(), null), file.Load());

    [Fact]
    public void Load_WhenTheFileIsWrong_NamesFileAndLine_AndTheDefaultCounts()
    {
        file.WriteDefaults();
        File.WriteAllText(file.Path, "{\n\"theme\": 7,\n\"mouse\": false }");
        var (settings, problem) = file.Load();
        Assert.Equal(new ClientSettings { Mouse = false }, settings);
        Assert.Contains($"'{file.Path}', line 2: \"theme\" is 7", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhenTheFileIsAFolder_SaysSo()
    {
        Directory.CreateDirectory(file.Path);
        var (settings, problem) = file.Load();
        Assert.Equal(new ClientSettings(), settings);
        Assert.Contains("can't be read", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhenTheFileIsHuge_DoesNotReadIt()
    {
        file.WriteDefaults();
        using (var stream = File.OpenWrite(file.Path))
            stream.SetLength(1 << 30);
        Assert.Contains("holds no settings", file.Load().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsCommands_WhenNobodyIsSignedIn_WriteOnceAndShowWhatCounts()
    {
        var (code, written) = await Run("settings", "write");
        Assert.Equal((ExitCodes.Done, file.Path + "\n"), (code, written.Out));
        Assert.Equal((new ClientSettings(), null), file.Load());
        (code, written) = await Run("settings", "write");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("is there already", written.Error, StringComparison.Ordinal);
        File.WriteAllText(file.Path, "{ \"historyLength\": 7, \"theme\": \"pink\" }");
        (code, written) = await Run("settings", "show");
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("\"historyLength\": 7", written.Out, StringComparison.Ordinal);
        Assert.Contains("line 1: \"theme\" is \"pink\"", written.Error, StringComparison.Ordinal);
        (_, written) = await Run("settings", "show", "--json");
        Assert.Contains("\"theme\":\"auto\"", written.Out, StringComparison.Ordinal);
        Assert.Contains("pink", written.Out, StringComparison.Ordinal);
    }

    private async Task<(int Code, Cli Written)> Run(params string[] arguments)
    {
        var cli = new Cli(() => throw new InvalidOperationException("Nobody is asked.")) { Settings = file };
        return (await cli.RunAsync(arguments), cli);
    }
}
