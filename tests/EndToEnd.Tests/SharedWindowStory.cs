using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A host and a client in their Command windows, from the first grant to the quit word, in real terminals on a real gdb.</summary>
public sealed class SharedWindowStory
{
    [Fact]
    public async Task Windows_WhenRightsAndStatesChange_TellBothAtOnce()
    {
        await using var stage = await Stage.OpenAsync();
        var id = await stage.HostAsync(await SampleProgram.CompileAsync("crash", stage.Folder));
        (await stage.RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();
        var host = await stage.TerminalAsync("host");
        await host.ShowsAsync("crash");
        await host.PressAsync("Enter");
        await host.ShowsAsync("debugger ready");
        var client = await stage.TerminalAsync("client");
        await client.ShowsAsync("Clive Client (Fabrikam)");
        await client.PressAsync("Right", "Enter");
        await client.ShowsAsync("suggest>");

        // The host lets the client inspect: their window becomes an operator's, and refuses by name what does more than read.
        await host.PressAsync("F5");
        await host.ShowsAsync("1 of 10 clients");
        await host.PressAsync("Down", "M-i");
        await client.ShowsAsync("operator who may inspect");
        await host.PressAsync("Escape");
        await client.TypeAsync("info line main");
        await client.PressAsync("Enter");
        await host.ShowsAsync("(gdb) info line main    ── Clive Client (Fabrikam)");
        await client.TypeAsync("shell id");
        await client.PressAsync("Enter");
        await client.ShowsAsync("“shell” is not among the reading commands");

        // A flood: both see it at once, keys go on working, the terminal may change its size, and Break ends it.
        await host.TypeAsync("python import time; [(print('tick %d' % i, flush=True), time.sleep(0.002)) for i in range(1000000)]");
        await host.PressAsync("Enter");
        await client.ShowsAsync("tick 1");
        await client.PressAsync("PPage", "PPage");
        await client.ShowsAsync("▼ new output");
        await host.ResizeAsync(60, 15);
        await host.ShowsAsync("*BUSY*");
        await host.ResizeAsync(120, 36);
        await host.PressAsync("C-M-c");
        await host.ShowsAsync("debugger ready");
        await FindsAsync(host, "Break by Hanna Host (Contoso)");
        await FindsAsync(client, "Break by Hanna Host (Contoso)");

        // Closed, and opened again.
        await host.PressAsync("F6");
        await host.ShowsAsync("It can be re-opened");
        // The buttons are drawn last.
        await host.PressAsync((await host.ShowsAsync("Cancel")).Contains("THE TARGET IS STOPPED", StringComparison.Ordinal) ? "M-s" : "M-l");
        await client.ShowsAsync("*CLOSED*");
        await host.ShowsAsync("*CLOSED*");
        await host.PressAsync("F7");
        await client.ShowsAsync("Session re-opened by Hanna Host (Contoso)");
        await client.ShowsAsync("debugger ready");

        // A quit word is asked about, and ends the session for both.
        await host.TypeAsync("quit");
        await host.PressAsync("Enter");
        await host.ShowsAsync("may end the debugger");
        await host.PressAsync("M-s");
        await client.ShowsAsync("Session terminated");
        await host.ShowsAsync("its history stays to be read");
    }

    /// <summary>More may have been printed after it than a screen holds.</summary>
    private static async Task FindsAsync(Terminal window, string text)
    {
        await window.PressAsync("C-f");
        await window.TypeAsync(text);
        await window.ShowsAsync("1 hit ");
        await window.PressAsync("Up");
        await window.ShowsAsync($"── {text}");
        await window.PressAsync("Escape");
        await window.ShowsNoMoreAsync("Find: ");
        await window.PressAsync("C-End");
    }
}
