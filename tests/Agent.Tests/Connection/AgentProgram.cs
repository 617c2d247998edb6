using System.Diagnostics;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>The agent as people run it: a process of its own.</summary>
internal static class AgentProgram
{
    public const string Token = "token-in-a-file";

    /// <summary>Starts it and waits until it is connected.</summary>
    /// <param name="home">Where its user's state is.</param>
    /// <param name="data">Its folder.</param>
    public static async Task<Process> StartAsync(TestEdge edge, string home, string data)
    {
        var tokenFile = Path.Combine(data, "token");
        await KeepTokenAsync(tokenFile, Token);
        var agent = AgentProcess.Start(home, "run", "--server", edge.Address.AbsoluteUri, "--token-file", tokenFile, "--data", data, "--computer", "lab");
        agent.BeginErrorReadLine();
        var line = await agent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"agent lab connected to {edge.Address}", line);
        return agent;
    }

    /// <summary>A token's file, which an agent takes only when it is its user's alone.</summary>
    public static async Task KeepTokenAsync(string path, string token)
    {
        File.Delete(path);
        await using var file = TokenFile.Create(path);
        await TokenFile.KeepAsync(file, token, TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to stop; the result is its exit code.</summary>
    public static async Task<int> StopAsync(Process agent)
    {
        _ = LibC.kill(agent.Id, Signals.Terminate);
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit);
        return agent.ExitCode;
    }

    /// <summary>Ends it the hard way.</summary>
    public static async Task KillAsync(Process agent)
    {
        _ = LibC.kill(agent.Id, Signals.Kill);
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
