using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A server dies in mid-command: nothing of the output is lost, repeated or out of order.</summary>
public sealed class SiloLossStory
{
    private const int Lines = 20_000;

    [Fact]
    public async Task Session_WhenItsSiloIsKilledInAFlood_GoesOnElsewhereWithoutAGap()
    {
        await using var servers = await ServerProcesses.OpenAsync();
        var silos = await Task.WhenAll(servers.StartServerAsync("silo"), servers.StartServerAsync("silo"));
        var edge = await servers.StartServerAsync("edge");
        await servers.SignInAsync(edge.Address);
        await servers.StartAgentAsync(edge.Address);
        Task<ProgramResult> RunAsync(params string[] arguments) => servers.Start(edge.Address, "host", arguments).EndAsync();
        var program = await SampleProgram.CompileAsync("crash", servers.Folder);
        var hosted = (await RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", $"-nx -q {program}", "--name", "flood", "--json")).Succeeded();
        var id = JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
        var follower = servers.Start(edge.Address, "host", "sessions", "watch", id);
        await follower.WaitForAsync(text => text.Contains("Reading symbols", StringComparison.Ordinal), "the debugger's beginning");

        // Half a flood, the owner dies, the other half.
        var flooding = RunAsync("sessions", "run", id, $"python import time; [(print('line %d' % i, flush=True), time.sleep(0.05) if i % 500 == 0 else None) for i in range({Lines})]");
        await follower.WaitForAsync(text => text.Contains("line 2000\n", StringComparison.Ordinal), "a part of the flood");
        var owner = silos.Single(silo => silo.Run.Out.Contains($"Session {id} is active here", StringComparison.Ordinal));
        owner.Run.Signal(9);
        var lost = Stopwatch.StartNew();
        await follower.WaitForAsync(text => text.Contains($"line {Lines - 1}\n", StringComparison.Ordinal), "the end of the flood");
        TestContext.Current.TestOutputHelper?.WriteLine($"The flood was complete {lost.Elapsed.TotalSeconds:F1} s after its silo was killed.");
        (await flooding).Succeeded();

        (await RunAsync("sessions", "terminate", id, "--yes")).Succeeded();
        (await follower.EndAsync()).Succeeded();
        var numbers = follower.Out.Split('\n').Where(line => line.StartsWith("line ", StringComparison.Ordinal)).Select(line => int.Parse(line[5..], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, Lines), numbers);
        Assert.Equal((await RunAsync("sessions", "export", id, "--format", "text")).Succeeded().Out, follower.Out);
    }
}
