using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>What the launcher says when something is missing, and when its storage runs full.</summary>
public sealed class LauncherStory
{
    private const long MegaByte = 1024 * 1024;

    [Theory]
    [InlineData("node")]
    [InlineData("gdb")]
    public async Task Launcher_WhenAProgramIsMissing_SaysWhatToInstall(string missing)
    {
        var folder = Directory.CreateTempSubdirectory("orleanskd-path-").FullName;
        foreach (var program in new[] { "node", "npm", "gdb" }.Where(program => program != missing))
            await File.WriteAllTextAsync(Path.Combine(folder, program), "", TestContext.Current.CancellationToken);
        await using var launcher = new ProgramRun("dotnet", [BuiltProgram.PathOf("OrleansKd.Local"), "--headless", "--data", Path.Combine(folder, "data")],
            new Dictionary<string, string?> { ["PATH"] = folder });

        var result = await launcher.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(missing, result.Error, StringComparison.Ordinal);
        Assert.Contains("nstall", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "data")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Launcher_WhenItsStorageRunsFull_RefusesNewSessionsAndSaysHowToGoOn()
    {
        await using var stage = await Stage.OpenAsync();
        var program = await SampleProgram.CompileAsync("crash", stage.Folder);
        var id = await stage.HostAsync(program, "before");

        // A file without content that counts like one.
        var ballast = Path.Combine(stage.Folder, "data", "azurite", "ballast");
        await using (var file = File.Create(ballast))
            file.SetLength(310 * MegaByte);
        var refused = await stage.UntilAsync(result => result.ExitCode != 0, "host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx", "--name", "after");

        Assert.Contains("300 MB", refused.Error, StringComparison.Ordinal);
        Assert.Contains("sessions export", refused.Error, StringComparison.Ordinal);
        (await stage.RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded();
        File.Delete(ballast);
        (await stage.UntilAsync(result => result.ExitCode == 0, "host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx", "--name", "after")).Succeeded();
        Assert.Contains("the tables take", (await stage.StopAsync()).Error, StringComparison.Ordinal);
    }
}
