using System.Diagnostics;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Chaos.Cluster;

/// <summary>A session whose gdb runs <c>stream.c</c>, and what its host does with it.</summary>
internal sealed class StreamedSession : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>A request of a person who does not give up: several times the longest outage.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly SessionsClient client;
    private readonly string stopFile;

    private StreamedSession(SessionsClient client, string id, string stopFile) => (this.client, Id, this.stopFile) = (client, id, stopFile);

    public string Id { get; }

    public SessionsClient Client => client;

    /// <param name="bytesPerSecond">0: as fast as they are taken.</param>
    /// <param name="mostBytes">It ends by itself after so many.</param>
    public static async Task<StreamedSession> HostAsync(ChaosCluster cluster, ulong seed, int bytesPerSecond, long mostBytes, CancellationToken cancellationToken)
    {
        var program = Path.Combine(cluster.Servers.Folder, "stream");
        if (!File.Exists(program))
            await SampleProgram.CompileAsync("stream", cluster.Servers.Folder);
        var stopFile = Path.Combine(cluster.Servers.Folder, $"stop-{seed}-{Guid.NewGuid():N}");
        var client = cluster.Client();
        var computer = await UntilAsync(async () => (await client.GetComputersAsync(cancellationToken)).FirstOrDefault(one => one.IsOnline), "the agent's computer", cancellationToken);
        var hosted = await client.HostAsync(
            new HostSessionRequest(computer.Name, "/usr/bin/gdb", $"-nx -q --args {program} {seed} {bytesPerSecond} {stopFile} {mostBytes}", $"stream {seed}", ""), cancellationToken);
        return new StreamedSession(client, hosted.Id, stopFile);
    }

    /// <summary>Enters a command, once.</summary>
    public Task<EnterCommandResponse> EnterAsync(string text, CancellationToken cancellationToken) => client.EnterCommandAsync(Id, text, cancellationToken);

    /// <summary>Runs the program.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await UntilAsync(async () => (await client.GetSessionAsync(Id, cancellationToken)).Summary is { Debugger: DebuggerState.Ready } ready ? ready : null, "gdb's prompt", cancellationToken);
        // Until the agent is back from a silo that is gone, the session refuses; a refusal is certain.
        await UntilAsync(async () => await EnterAsync("run", cancellationToken), "the command 'run'", cancellationToken);
    }

    /// <summary>Tells the program to end.</summary>
    public void Stop() => File.WriteAllText(stopFile, "");

    public Task<SessionState> CloseAsync(CancellationToken cancellationToken) =>
        BecomeAsync(SessionState.Closed, () => client.CloseAsync(Id, null, cancellationToken), cancellationToken);

    public Task<SessionState> ReopenAsync(CancellationToken cancellationToken) =>
        BecomeAsync(SessionState.Active, () => client.ReopenAsync(Id, new ReopenSessionRequest(), cancellationToken), cancellationToken);

    public Task<SessionState> TerminateAsync(CancellationToken cancellationToken) =>
        BecomeAsync(SessionState.Terminated, () => client.TerminateAsync(Id, TargetFate.LetRun, cancellationToken), cancellationToken);

    /// <summary>Waits until no command waits or runs and gdb is at its prompt.</summary>
    public Task<SessionDetails> ReadyAsync(CancellationToken cancellationToken) => UntilAsync(
        async () => await client.GetSessionAsync(Id, cancellationToken) is { Queue.Length: 0, Summary.Debugger: DebuggerState.Ready } ready ? ready : null,
        "an empty queue and gdb's prompt", cancellationToken);

    public void Dispose() => client.Dispose();

    // An answer that got lost is no refusal: look how the session is, and ask again if need be.
    private async Task<SessionState> BecomeAsync(SessionState wanted, Func<Task> ask, CancellationToken cancellationToken)
    {
        var details = await UntilAsync(
            async () =>
            {
                if (await client.GetSessionAsync(Id, cancellationToken) is var now && now.Summary.State == wanted)
                    return now;
                await ask();
                return await client.GetSessionAsync(Id, cancellationToken) is var then && then.Summary.State == wanted ? then : null;
            },
            $"the session to be {wanted}", cancellationToken);
        return details.Summary.State;
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> ask, string what, CancellationToken cancellationToken)
        where T : class
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Poll);
        for (Exception? last = null; ;)
        {
            try
            {
                if (await ask() is { } answer)
                    return answer;
            }
            catch (ProblemException problem)
            {
                last = problem;
            }
            if (Stopwatch.GetElapsedTime(begun) > Patience)
                throw new TimeoutException($"Waited {Patience.TotalSeconds:F0} s for {what}. {last?.Message}", last);
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
