using System.Diagnostics;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A closed window or a cut connection ends the client, and nothing else: the session goes on.</summary>
public sealed class TerminalLossStory
{
    [Fact]
    public async Task Client_WhenItsTerminalIsGone_EndsAndTheSessionGoesOn()
    {
        await using var stage = await Stage.OpenAsync();
        var id = await stage.HostAsync(await SampleProgram.CompileAsync("crash", stage.Folder));
        var terminal = await stage.TerminalAsync("host");
        await terminal.ShowsAsync("crash");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("debugger ready");
        using var client = Process.GetProcessById(await terminal.ProcessIdAsync());

        await terminal.CutAsync();

        await client.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var list = (await stage.RunAsync("host", "sessions", "list")).Succeeded().Out;
        Assert.Contains("active", list, StringComparison.Ordinal);
        Assert.Contains("42", (await stage.RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded().Out, StringComparison.Ordinal);
    }
}
