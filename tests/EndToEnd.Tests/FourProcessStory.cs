using System.Text.Json;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>Two silos and two edges behind a load balancer: any edge serves anybody, and losing one loses nothing.</summary>
public sealed class FourProcessStory
{
    [Fact]
    public async Task Session_WhenSharedThroughTwoEdgesAndOneIsKilled_GoesOnWithoutAGap()
    {
        await using var servers = await ServerProcesses.OpenAsync();
        await Task.WhenAll(servers.StartServerAsync("silo"), servers.StartServerAsync("silo"));
        var edges = await Task.WhenAll(servers.StartServerAsync("edge"), servers.StartServerAsync("edge"));
        var proxy = servers.Balance(edges);
        await servers.SignInAsync(proxy.Address);
        await servers.StartAgentAsync(proxy.Address);
        ProgramRun Start(string profile, params string[] arguments) => servers.Start(proxy.Address, profile, arguments);
        Task<ProgramResult> RunAsync(string profile, params string[] arguments) => Start(profile, arguments).EndAsync();
        var program = await SampleProgram.CompileAsync("crash", servers.Folder);
        var hosted = (await RunAsync("host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", $"-nx -q {program}", "--name", "four", "--json")).Succeeded();
        var id = JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
        (await RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();

        // Followers through both edges.
        ProgramRun[] followers = [Start("client", "sessions", "watch", id), Start("client", "sessions", "watch", id), Start("host", "sessions", "watch", id)];
        foreach (var follower in followers)
            await follower.WaitForAsync(text => text.Contains("four", StringComparison.Ordinal), "the session's beginning");
        (await RunAsync("host", "sessions", "run", "--wait", id, "run")).Succeeded();
        (await RunAsync("host", "sessions", "run", id, "bt")).Succeeded();
        Assert.All(proxy.Taken, connections => Assert.NotEqual(0, connections));

        // One edge dies at once; whoever was connected to it comes back through the other.
        edges[0].Run.Signal(9);
        await edges[0].Run.EndAsync();
        (await RunAsync("host", "sessions", "run", id, "info registers rip")).Succeeded();
        foreach (var follower in followers)
            await follower.WaitForAsync(text => text.Contains("rip  ", StringComparison.Ordinal), "the register, after the edge was lost");

        // The session ends; every follower has exactly the durable transcript.
        (await RunAsync("host", "sessions", "terminate", id, "--yes")).Succeeded();
        foreach (var follower in followers)
            (await follower.EndAsync()).Succeeded();
        var transcript = (await RunAsync("host", "sessions", "export", id, "--format", "text")).Succeeded().Out;
        Assert.Contains("SIGSEGV", transcript, StringComparison.Ordinal);
        Assert.All(followers, follower => Assert.Equal(transcript, follower.Out));
    }
}
