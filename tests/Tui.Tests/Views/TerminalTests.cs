using System.Text.RegularExpressions;
using OrleansKd.Testing.Processes;
using OrleansKd.Tui.Tests.SignIn;
using RealTerminal = OrleansKd.Testing.Processes.Terminal;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>The client's program in a real terminal: what it takes to start, and what it leaves behind.</summary>
public sealed class TerminalTests : IDisposable
{
    // Its own folder: the copy beside the tests leaves out what their framework has.
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "..", "..", "OrleansKd.Tui", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "orleanskd.dll");
    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("xterm-256color", "a terminal on its input and output")]
    [InlineData("dumb", "TERM is 'dumb'")]
    [InlineData("", "TERM is ''")]
    public async Task Client_WithoutATerminal_SaysWhatToUseInstead(string terminal, string expected)
    {
        await using var run = new ProgramRun("dotnet", [Program], Environment(terminal));
        var result = await run.EndAsync();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains("orleanskd --help", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task Client_AtAnySizeWithoutColours_LeavesTheTerminalAsItWas_WhenToldToEnd(string signal, int code)
    {
        var bytes = Path.Combine(home.Folder, "bytes");
        await using var terminal = await OpenAsync(Program, width: 20, height: 6);
        await terminal.RecordAsync(bytes);
        await terminal.ShowsAsync("Server:");
        await terminal.ResizeAsync(300, 100);
        await terminal.ShowsAsync("dotnet run --project deploy/local");
        Assert.Equal("1 1", await terminal.TellAsync("#{alternate_on} #{mouse_any_flag}"));

        await using (var kill = new ProgramRun("kill", [$"-{signal}", (await File.ReadAllTextAsync(PidFile, TestContext.Current.CancellationToken)).Trim()], Environment("dumb")))
            await kill.EndAsync();

        await IsAsBeforeAsync(terminal, code);
        var colours = Regex.Matches(await File.ReadAllTextAsync(bytes, TestContext.Current.CancellationToken), @"\e\[(?:[0-9;:]*[;:])?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:[;:][0-9;:]*)?m");
        Assert.Empty(colours.Select(match => match.Value));
    }

    /// <summary>The copy beside the tests lacks a library of their framework, which the client's own library asks for when it has the terminal already.</summary>
    [Fact]
    public async Task Client_WhenItsLibraryFails_SaysSo_AndLeavesTheTerminalAsItWas()
    {
        await using var terminal = await OpenAsync(Path.Combine(AppContext.BaseDirectory, "orleanskd.dll"), width: 120, height: 30);
        await IsAsBeforeAsync(terminal, 1);
        Assert.Contains("can't go on: Could not load file or assembly", await terminal.ScreenAsync(), StringComparison.Ordinal);
        Assert.Contains("FileNotFoundException", await File.ReadAllTextAsync(Path.Combine(home.Folder, "client.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private string PidFile => Path.Combine(home.Folder, "pid");

    private Task<RealTerminal> OpenAsync(string program, int width, int height)
    {
        var script = $"before=$(stty -g); sh -c 'echo $$ > {PidFile}; exec dotnet {program}'; echo ended $?; [ \"$before\" = \"$(stty -g)\" ] && echo as before; exec cat";
        return RealTerminal.OpenAsync($"orleanskd-{Guid.NewGuid():N}", Environment("xterm-256color"), ["sh", "-c", script], width, height);
    }

    private static async Task IsAsBeforeAsync(RealTerminal terminal, int code)
    {
        await terminal.ShowsAsync($"ended {code}");
        await terminal.ShowsAsync("as before");
        Assert.Equal("0 0", await terminal.TellAsync("#{alternate_on} #{mouse_any_flag}"));
    }

    private Dictionary<string, string?> Environment(string terminal) => new()
    {
        ["ORLEANSKD_HOME"] = home.Folder,
        ["TERM"] = terminal,
        ["NO_COLOR"] = "1",
        ["DisableRealDriverIO"] = null,
        ["ORLEANSKD_TOKEN"] = null,
    };
}
