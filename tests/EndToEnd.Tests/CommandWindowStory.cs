using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>What people do with a Command window beside entering commands, in real terminals on a real gdb.</summary>
public sealed class CommandWindowStory
{
    [Fact]
    public async Task Window_WhenPeopleWorkInIt_DoesWhatItsHelpSays()
    {
        await using var stage = await Stage.OpenAsync();
        var program = await SampleProgram.CompileAsync("crash", stage.Folder);
        var id = await stage.HostAsync(program);
        (await stage.RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();
        var host = await stage.TerminalAsync("host");
        await host.ShowsAsync("crash");
        await host.PressAsync("Enter");
        await host.ShowsAsync("debugger ready");

        // A client joins late, is named, may not run commands, and suggests one, which the host runs with one key.
        await host.TypeAsync("run");
        await host.PressAsync("Enter");
        await host.ShowsAsync("SIGSEGV");
        var client = await stage.TerminalAsync("client");
        await client.ShowsAsync("Clive Client (Fabrikam)");
        await client.PressAsync("Right", "Enter");
        await client.ShowsAsync("suggest>");
        await host.ShowsAsync("Hanna Host (host), Clive Client");
        await client.TypeAsync("info registers rip eflags");
        await client.PressAsync("Enter");
        await host.ShowsAsync("Clive Client (Fabrikam) suggests: info registers rip eflags   Alt+R run");
        await host.PressAsync("M-r");
        await client.ShowsAsync("info registers rip eflags    ── Hanna Host (Contoso), suggested by Clive Client (Fabrikam)");

        // The output of a command is folded away, found in, and copied by the terminal's own clipboard.
        await host.PressAsync("C-Up", "M-z");
        await host.ShowsAsync("▸ (gdb) info registers rip eflags");
        await host.PressAsync("C-f");
        await host.TypeAsync("eflags");
        await host.ShowsAsync("3 hits");
        await host.PressAsync("Up");
        await host.ShowsAsync("line 3 of 3");
        await host.ShowsAsync("▾ (gdb) info registers rip eflags");
        await host.PressAsync("Escape");
        await host.ShowsNoMoreAsync("Find: ");
        var written = Path.Combine(stage.Folder, "written");
        await host.RecordAsync(written);
        await host.PressAsync("M-c");
        await host.ShowsAsync("Copied ");

        // Several lines are pasted: one question, then all of them, nobody else's between them.
        await host.PasteAsync("print packet->number\necho one\\033]0;owned\\007\\033P1$r\\n\necho two\\n\n");
        await host.ShowsAsync("Enter these 3 lines as commands?");
        await host.PressAsync("M-e");
        await client.ShowsAsync("(gdb) echo two");
        await host.ShowsAsync("one␛]0;owned␇␛P1$r");

        // The log file has it all.
        await host.PressAsync("C-l");
        await host.ShowsAsync("Begin with everything so far");
        await host.PressAsync("M-b", "M-o");
        await host.ShowsAsync("log crash.log");
        await host.PressAsync("C-l");
        await host.ShowsAsync("The log file is closed");
        var log = await File.ReadAllTextAsync(Path.Combine(stage.Folder, "crash.log"), TestContext.Current.CancellationToken);
        Assert.Contains("SIGSEGV", log, StringComparison.Ordinal);
        Assert.Contains("(gdb) echo two\\n    ── Hanna Host (Contoso)\ntwo", log, StringComparison.Ordinal);

        // A second session beside it, and back.
        await host.PressAsync("M-0");
        await host.ShowsAsync("Host Sessions");
        await host.PressAsync("Enter");
        await host.ShowsAsync("Hanna Host (host), Clive Client");

        // The history is there in the next client, too.
        await host.PressAsync("C-q");
        await host.ShowsAsync("THE TARGET of “crash” IS STOPPED");
        await host.PressAsync("M-q");
        var again = await stage.TerminalAsync("host");
        await again.ShowsAsync("crash");
        await again.PressAsync("Enter");
        await again.ShowsAsync("debugger ready");
        await again.TypeAsync("r");
        await again.PressAsync("Up");
        await again.ShowsAsync("(gdb) run");

        var bytes = await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken);
        Assert.Contains("\u001b]52;c;", bytes, StringComparison.Ordinal);
        // No sequence of the debugger's has reached the terminal: what is copied is encoded, what is shown is visible text.
        Assert.Contains("owned", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0;owned", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001bP", bytes, StringComparison.Ordinal);
    }
}
