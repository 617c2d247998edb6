using System.Text.Json;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A client's way to the server is cut in mid-flood, stays so, and comes back: their window stays usable, and then has everything once.</summary>
public sealed class CutWindowStory
{
    [Fact]
    public async Task Window_WhenItsConnectionIsCut_StaysUsableAndResumes()
    {
        await using var servers = await ServerProcesses.OpenAsync();
        var server = await servers.StartServerAsync("all");
        await using var link = new CuttingProxy(server.Address.Port);
        await servers.SignInAsync(link.Address);
        await servers.SignInAsync(server.Address);
        await servers.StartAgentAsync(server.Address);
        var hosted = await RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", "crash", "--json");
        var id = JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
        await RunAsync("sessions", "invite", id, "client@fabrikam.example");
        await using var client = await Terminal.OpenAsync(
            $"story-{Guid.NewGuid():N}", servers.Environment, ["dotnet", BuiltProgram.PathOf(BuiltProgram.Client), "--profile", "client", "--server", link.Address.GetLeftPart(UriPartial.Authority)], folder: servers.Folder);
        await client.ShowsAsync("Clive Client (Fabrikam)");
        await client.PressAsync("Right", "Enter");
        await client.ShowsAsync("suggest>");
        await RunAsync("sessions", "enter", id, "python import time; [(print('tick %d' % i, flush=True), time.sleep(0.002)) for i in range(1000000)]");
        await client.ShowsAsync("tick 100");
        await client.TypeAsync("bt full");

        await link.CutAsync();

        await client.ShowsAsync("RECONNECTING");
        await RunAsync("sessions", "break", id);
        await RunAsync("sessions", "run", id, "python [print('away %d.' % i) for i in range(20)]");
        await client.PressAsync("C-f");
        await client.TypeAsync("tick 7$");
        await client.PressAsync("Up");
        await client.ShowsAsync("Find: tick 7$");
        await client.PressAsync("Escape");
        await client.ShowsNoMoreAsync("Find: ");
        await client.PressAsync("C-End");
        await client.ResizeAsync(80, 40);
        await client.ShowsAsync("*OFFLINE* bt full");
        Assert.DoesNotContain("away", await client.ScreenAsync(), StringComparison.Ordinal);

        link.Mend();

        var screen = await client.ShowsAsync("away 19.");
        foreach (var i in Enumerable.Range(0, 20))
            Assert.Equal(2, screen.Split($"away {i}.").Length);
        await client.ShowsAsync("connected");
        await client.PressAsync("Enter");
        await client.ShowsAsync("suggests: bt full");

        async Task<ProgramResult> RunAsync(params string[] arguments) => (await servers.Start(server.Address, "host", arguments).EndAsync()).Succeeded();
    }
}
