using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The same as people do it: two terminal clients in two real terminals.</summary>
public sealed class TerminalClientStory
{
    [Fact]
    public async Task Host_WhenSharingFromTheDialog_IsSeenInTheClientsWindow()
    {
        await using var stage = await Stage.OpenAsync();
        var program = await SampleProgram.CompileAsync("crash", stage.Folder);

        // The host fills in the dialog; what is missing is asked for and nothing typed is lost.
        var host = await stage.TerminalAsync("host");
        await host.ShowsAsync("Hanna Host (Contoso)");
        await host.PressAsync("F2");
        await host.ShowsAsync("I understand: host it directly");
        await host.PressAsync("Tab", "Tab");
        await host.TypeAsync($"-nx -q {program}");
        await host.PressAsync("Tab");
        await host.TypeAsync("Crash in the checksum");
        await host.PressAsync("Enter");
        await host.ShowsAsync("Read the caution above and confirm it");
        await host.PressAsync("Tab", "Tab", "Space", "Enter");
        await host.ShowsAsync("hosted by Hanna Host (Contoso)");
        await host.ShowsAsync("debugger ready");

        await host.TypeAsync("run");
        await host.PressAsync("Enter");
        await host.ShowsAsync("SIGSEGV");

        // The host invites from the window's menu.
        await host.PressAsync("F3");
        await host.ShowsAsync("E-mail address:");
        await host.TypeAsync("client@fabrikam.example");
        await host.PressAsync("Enter");
        await host.ShowsAsync("Clive Client");
        await host.PressAsync("M-i");
        await host.ShowsAsync("invited Clive Client (Fabrikam)");

        // The client opens the session from their list and sees everything, but runs nothing.
        var client = await stage.TerminalAsync("client");
        await client.ShowsAsync("Clive Client (Fabrikam)");
        await client.PressAsync("Right");
        await client.ShowsAsync("Crash in the checksum");
        await client.PressAsync("Enter");
        await client.ShowsAsync("SIGSEGV");
        await client.ShowsAsync("Only the host runs commands");
        await host.TypeAsync("bt");
        await host.PressAsync("Enter");
        await client.ShowsAsync("in main () at");

        // Terminated in the host's window; the client's says so, and the debugger has left its target.
        await host.PressAsync("F8");
        await host.ShowsAsync("What becomes of it?");
        await host.PressAsync("M-t");
        await client.ShowsAsync("Session terminated by Hanna Host (Contoso); the target runs on");
        await client.ShowsAsync("Debugger exited");
    }
}
