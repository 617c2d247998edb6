using OrleansKd.Agent.Api;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks.Agents;

/// <summary>
/// An agent without debuggers: speaks the agents' hub over a real connection and says what the benchmark wants to have printed. For what no
/// real debugger can do: more output than one prints, or thousands of sessions.
/// </summary>
internal sealed class LoadAgent : IAsyncDisposable
{
    public const string Computer = "load";

    private readonly AgentOptions options;
    private readonly AgentLink link;
    private readonly CancellationTokenSource ending = new();
    private readonly Task answering;

    private LoadAgent(AgentOptions options, AgentLink link)
    {
        (this.options, this.link) = (options, link);
        answering = AnswerAsync();
    }

    public static async Task<LoadAgent> ConnectAsync(Uri server, IAccessTokens tokens)
    {
        var options = new AgentOptions(server, Computer, async stop => await tokens.GetAccessTokenAsync(stop));
        return new LoadAgent(options, await AgentLink.ConnectAsync(options, CancellationToken.None));
    }

    /// <summary>A session whose debugger this agent plays.</summary>
    public async Task<LoadRun> HostAsync(SessionsClient api, string name)
    {
        while (true)
        {
            try
            {
                var session = await api.HostAsync(new HostSessionRequest(Computer, "/usr/bin/load", "", name, ""), CancellationToken.None);
                return new LoadRun(link, options, session.Id);
            }
            catch (ProblemException problem) when (problem.Code is ProblemCodes.ComputerNotFound or ProblemCodes.DebuggerOffline)
            {
                // The registration is on its way.
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await link.DisposeAsync();
        ending.Dispose();
    }

    private async Task AnswerAsync()
    {
        await foreach (var request in link.Register(new AgentRegistration(Computer, options.Instance, ["/usr/bin/load"]), ending.Token))
            await link.Answer(new AgentAnswer(request.RequestId, Started: true, null, ThroughServer: false, "gdb", ""));
    }
}
