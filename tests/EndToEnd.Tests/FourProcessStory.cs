using System.Text.Json;
using OrleansKd.EndToEnd.Tests.Infrastructure;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>Two silos and two edges behind a load balancer: any edge serves anybody, and losing one loses nothing.</summary>
public sealed class FourProcessStory
{
    [Fact]
    public async Task Session_WhenSharedThroughTwoEdgesAndOneIsKilled_GoesOnWithoutAGap()
    {
        await using var four = await FourProcesses.OpenAsync();
        var program = await SampleProgram.CompileAsync("crash", four.Folder);
        var hosted = (await four.RunAsync("host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", $"-nx -q {program}", "--name", "four", "--json")).Succeeded();
        var id = JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
        (await four.RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();

        // Followers through both edges.
        ProgramRun[] followers = [four.Start("client", "sessions", "watch", id), four.Start("client", "sessions", "watch", id), four.Start("host", "sessions", "watch", id)];
        foreach (var follower in followers)
            await follower.WaitForAsync(text => text.Contains("four", StringComparison.Ordinal), "the session's beginning");
        (await four.RunAsync("host", "sessions", "run", id, "run")).Succeeded();
        (await four.RunAsync("host", "sessions", "run", id, "bt")).Succeeded();
        Assert.All(four.Proxy.Taken, connections => Assert.NotEqual(0, connections));

        // One edge dies at once; whoever was connected to it comes back through the other.
        four.Edges[0].Signal(9);
        await four.Edges[0].EndAsync();
        (await four.RunAsync("host", "sessions", "run", id, "info registers rip")).Succeeded();
        foreach (var follower in followers)
            await follower.WaitForAsync(text => text.Contains("rip  ", StringComparison.Ordinal), "the register, after the edge was lost");

        // The session ends; every follower has exactly the durable transcript.
        (await four.RunAsync("host", "sessions", "terminate", id, "--yes")).Succeeded();
        foreach (var follower in followers)
            (await follower.EndAsync()).Succeeded();
        var transcript = (await four.RunAsync("host", "sessions", "export", id, "--format", "text")).Succeeded().Out;
        Assert.Contains("SIGSEGV", transcript, StringComparison.Ordinal);
        Assert.All(followers, follower => Assert.Equal(transcript, follower.Out));
    }
}
