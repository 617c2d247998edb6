using System.Reflection;
using OrleansKd.Testing.Processes;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.SignIn;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>What <c>dotnet tool install</c> makes of the package.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private readonly TemporaryHome folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Package_WhenInstalledAsATool_IsTheWholeCommand()
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        await RunAsync("dotnet", "pack", Path.Combine(CommandTreeTests.Repository(), "tui"), "--no-build", "--configuration", configuration, "--output", folder.Folder);
        await RunAsync("dotnet", "tool", "install", "OrleansKd", "--tool-path", Path.Combine(folder.Folder, "tools"), "--source", folder.Folder);

        var tool = Path.Combine(folder.Folder, "tools", "orleanskd");
        Assert.Equal(typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, (await RunAsync(tool, "--version")).Trim());
        Assert.Contains("orleanskd agent run", await RunAsync(tool, "agent", "--help"), StringComparison.Ordinal);
        Assert.True(File.Exists((await RunAsync(tool, "settings", "write")).Trim()));
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var run = new ProgramRun(program, arguments, new Dictionary<string, string?>
        {
            ["ORLEANSKD_HOME"] = Path.Combine(folder.Folder, "home"),
            ["NUGET_PACKAGES"] = Path.Combine(folder.Folder, "packages"),
            ["DOTNET_CLI_HOME"] = folder.Folder,
            // Its own processes would stay, and keep the output open.
            ["MSBUILDDISABLENODEREUSE"] = "1",
        }, CommandTreeTests.Repository());
        var result = await run.EndAsync();
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Out}{result.Error}");
        return result.Out;
    }
}
