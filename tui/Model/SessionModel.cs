using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Model;

/// <summary>
/// One session in a Command window: follows it from its beginning for as long as the window is open, and does what its user
/// asks. Raises <see cref="Changed"/> on any thread.
/// </summary>
internal sealed class SessionModel : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly ServerConnection server;
    private readonly TimeProvider time;
    private readonly SessionFollower follower;
    private readonly CancellationTokenSource ending = new();
    private SessionSnapshot snapshot = new();
    private Task following = Task.CompletedTask;

    public SessionModel(ServerConnection server, string sessionId, TimeProvider time)
    {
        (this.server, Id, this.time) = (server, sessionId, time);
        follower = server.NewWindow();
        Transcript.Changed += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public string Id { get; }

    public TranscriptModel Transcript { get; } = new();

    public CommandHistory History { get; } = new();

    public SessionSnapshot Now
    {
        get
        {
            lock (gate)
                return snapshot;
        }
    }

    public void Start() => following = Task.Run(() => FollowAsync(ending.Token));

    /// <summary>The user watches from another computer now: takes the session back to this window, where it stopped (rule D2).</summary>
    public void TakeBack()
    {
        if (!Now.IsElsewhere)
            return;
        Update(now => now with { EndedBecause = null, IsElsewhere = false });
        following = Task.Run(() => FollowAsync(ending.Token));
    }

    /// <summary>Enters a command, or again the last stepping one when the line is empty (rule E6).</summary>
    public Task EnterAsync(string line)
    {
        var command = line.Trim().Length == 0 ? History.ToRepeat : line.Replace('\t', ' ');
        if (command is null)
            return Task.CompletedTask;
        History.Add(command);
        return Try(() => follower.EnterCommandAsync(Id, command, ending.Token));
    }

    public Task BreakAsync() => Try(() => follower.BreakAsync(Id, Guid.NewGuid().ToString("N"), ending.Token));

    /// <summary>Ctrl+<paramref name="letter"/> to the debugger (rule E5).</summary>
    public Task PressKeyAsync(char letter) => Try(() => follower.PressKeyAsync(Id, Guid.NewGuid().ToString("N"), letter.ToString(), ending.Token));

    public Task CloseAsync(TargetFate? target) => Try(() => server.Sessions.CloseAsync(Id, target, ending.Token));

    public Task ReopenAsync() => Try(() => server.ReopenAsync(Id, new ReopenSessionRequest(), starting: null, ending.Token));

    public Task TerminateAsync(TargetFate? target) => Try(() => server.Sessions.TerminateAsync(Id, target, ending.Token));

    /// <summary>The user went on typing: the refusal was read.</summary>
    public void DismissProblemIfAny()
    {
        if (Now.Problem is not null)
            Update(now => now with { Problem = null });
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await following;
        await follower.DisposeAsync();
        ending.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            var known = await ReadDetails(cancellationToken);
            var showing = ShowLastScreen(cancellationToken);
            // After a pause (see TakeBack) it goes on after what is durable and shown.
            var resume = Transcript.Resume;
            Transcript.Apply(new TranscriptUpdate.Rewound(resume));
            await foreach (var update in follower.Follow(Id, resume, durableOnly: false, cancellationToken))
            {
                if (update is TranscriptUpdate.ConnectionChanged change)
                    Update(now => now with { Connection = change.State, ConnectionProblem = change.Reason });
                if (update is TranscriptUpdate.Page { Value: var page } && page.Entries.Any(entry => IsNews(entry, known)))
                    Update(now => page.Entries.Where(entry => IsNews(entry, known)).Aggregate(now, (state, entry) => state.After(entry)));
                // Whose right it is, only the server knows for sure.
                if (update is TranscriptUpdate.Page { Value: var changed } && changed.Entries.Any(entry => entry.Sequence > known && entry.Kind is (TranscriptEntryKind.OperatorGranted or TranscriptEntryKind.OperatorRevoked)))
                    known = Math.Max(known, await ReadDetails(cancellationToken));
                Transcript.Apply(update);
            }
            await showing;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (ProblemException problem)
        {
            Update(now => now with { EndedBecause = problem.Message, IsElsewhere = problem.Code == ProblemCodes.JoinedElsewhere });
        }
    }

    /// <summary>A long history takes seconds to come; its end is there at once.</summary>
    private async Task ShowLastScreen(CancellationToken cancellationToken)
    {
        try
        {
            Transcript.Preview(await server.Sessions.GetTranscriptBeforeAsync(Id, long.MaxValue, cancellationToken));
        }
        catch (Exception problem) when (problem is ProblemException or OperationCanceledException)
        {
            // The follower tells what is wrong, and brings the same entries.
        }
    }

    /// <summary>Only what the details did not know yet changes the state that they told.</summary>
    private static bool IsNews(TranscriptEntry entry, long known) => entry.Sequence > known && entry.Kind != TranscriptEntryKind.Output;

    private async Task<long> ReadDetails(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var details = await server.Sessions.GetSessionAsync(Id, cancellationToken);
                Update(now => now with
                {
                    Name = details.Summary.Name,
                    Host = details.Summary.Host,
                    IsHost = details.Summary.IsHost,
                    Right = details.Right,
                    ThroughServer = details.ThroughServer,
                    DebuggerKind = details.DebuggerKind,
                    State = details.Summary.State,
                    Debugger = details.Summary.Debugger,
                    Spool = details.Summary.Spool,
                    Prompt = details.Prompt,
                    Queue = details.Queue,
                });
                return details.DurableThrough;
            }
            catch (ProblemException problem) when (problem.Code is ProblemException.ServerUnreachable or ProblemCodes.Unavailable)
            {
                Update(now => now with { Connection = FollowerState.Reconnecting, ConnectionProblem = problem.Message });
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }

    private async Task Try(Func<Task> act)
    {
        try
        {
            Update(now => now with { Problem = null });
            await act();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }
        catch (ProblemException problem)
        {
            Update(now => now with { Problem = problem.Message });
        }
    }

    private void Update(Func<SessionSnapshot, SessionSnapshot> change)
    {
        lock (gate)
            snapshot = change(snapshot);
        Changed?.Invoke();
    }
}
