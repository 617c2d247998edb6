using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A client watches from one computer at a time (rule D2), and everybody sees who is there (rule D3).</summary>
public sealed class MovedStory
{
    [Fact]
    public async Task Client_WhenTheyJoinFromAnotherComputer_IsMovedAndTakesTheSessionBack()
    {
        await using var stage = await Stage.OpenAsync();
        var program = await SampleProgram.CompileAsync("crash", stage.Folder);
        var id = await stage.HostAsync(program, "Moving about");
        (await stage.RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();

        var desk = await stage.TerminalAsync("client");
        await desk.ShowsAsync("Clive Client (Fabrikam)");
        await desk.PressAsync("Right");
        await desk.ShowsAsync("Moving about");
        await desk.PressAsync("Enter");
        await desk.ShowsAsync("Clive Client (Fabrikam) joined");

        await using var laptop = stage.StartElsewhere("client", "sessions", "watch", id);
        await laptop.WaitForAsync(text => text.Contains("(gdb)", StringComparison.Ordinal), "the history");
        await desk.ShowsAsync("You watch 'Moving about' from");
        (await stage.RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded();
        await laptop.WaitForAsync(text => text.Contains("= 42", StringComparison.Ordinal), "the output");

        // The window at the desk goes on where it stopped; the other one ends and says why.
        await desk.PressAsync("F4");
        await desk.ShowsAsync("= 42");
        var ended = await laptop.EndAsync();
        Assert.Equal(11, ended.ExitCode);
        Assert.Contains("You watch 'Moving about' from", ended.Error, StringComparison.Ordinal);

        // What it says there takes the session back: the output goes on behind what that window wrote.
        var command = ended.Error.Trim().Split("orleanskd ")[^1].Split(' ');
        await using var taking = stage.StartElsewhere("client", command);
        await desk.ShowsAsync("You watch 'Moving about' from");
        (await stage.RunAsync("host", "sessions", "run", id, "print 6*8")).Succeeded();
        await taking.WaitForAsync(text => text.Contains("= 48", StringComparison.Ordinal), "the output after it was taken back");
        Assert.DoesNotContain("= 42", taking.Out, StringComparison.Ordinal);
        var export = await stage.ExportAsync("host", id);
        Assert.Equal(4, export.Split("Clive Client (Fabrikam) joined").Length - 1);
    }
}
