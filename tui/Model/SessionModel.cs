using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Model;

/// <summary>
/// One session in a Command window: follows it from its beginning for as long as the window is open, and does what its user
/// asks. Raises <see cref="Changed"/> on any thread.
/// </summary>
internal sealed class SessionModel : IAsyncDisposable
{
    /// <summary>How long the end of a long history may keep all of it waiting.</summary>
    private static readonly TimeSpan LastScreenFirst = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly ServerConnection server;
    private readonly TimeProvider time;
    private readonly SessionFollower follower;
    private readonly CancellationTokenSource ending = new();
    private SessionSnapshot snapshot = new();
    private Task following = Task.CompletedTask;

    /// <param name="history">Where this user's commands are kept; null: nowhere.</param>
    public SessionModel(ServerConnection server, string sessionId, TimeProvider time, HistoryFile? history = null)
    {
        (this.server, Id, this.time, History) = (server, sessionId, time, new CommandHistory(history));
        follower = server.NewWindow();
        Transcript.Changed += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public string Id { get; }

    public TranscriptModel Transcript { get; } = new();

    public CommandHistory History { get; }

    /// <summary>Enter on an empty line enters the last stepping or paging command again.</summary>
    public bool RepeatsOnEnter { get; init; } = true;

    /// <summary>The log file; null when none is open.</summary>
    public TranscriptFile? Log { get; private set; }

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

    /// <summary>Enters a command, or again the last stepping one when the line is empty (rule E6); whoever may not enter it suggests it.</summary>
    public Task EnterAsync(string line)
    {
        var now = Now;
        var command = line.Trim().Length > 0 ? line.Replace('\t', ' ') : now.MaySuggest || !RepeatsOnEnter ? null : History.ToRepeat(now.DebuggerKind);
        if (command is null)
            return Task.CompletedTask;
        History.Add(command, now.DebuggerKind);
        return now.MaySuggest ? SuggestAsync(command) : Try(() => follower.EnterCommandAsync(Id, command, ending.Token));
    }

    /// <summary>Enters several lines as commands, nobody else's between them, or none (rule E6).</summary>
    public Task EnterAllAsync(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
            History.Add(line, Now.DebuggerKind);
        return Try(() => follower.EnterCommandsAsync(Id, lines, ending.Token));
    }

    public Task SuggestAsync(string command) => Try(() => server.Sessions.SuggestAsync(Id, command, ending.Token));

    /// <param name="text">As it was edited; null: as it was suggested.</param>
    public Task RunSuggestionAsync(string suggestionId, string? text) => Try(() => server.Sessions.RunSuggestionAsync(Id, suggestionId, text, ending.Token));

    public Task DismissSuggestionAsync(string suggestionId) => Try(() => server.Sessions.DismissSuggestionAsync(Id, suggestionId, ending.Token));

    public Task RemoveCommandAsync(string commandId) => Try(() => server.Sessions.RemoveCommandAsync(Id, commandId, ending.Token));

    /// <summary>Writes the durable transcript to a file from now on.</summary>
    /// <param name="isWhole">Begins with what came before.</param>
    /// <exception cref="ProblemException">The file can't be opened.</exception>
    public void OpenLog(string path, bool appends, bool isWhole)
    {
        var log = TranscriptFile.Open(path, appends, server.NewFollower(), Id, isWhole ? 0 : Transcript.Resume);
        log.Changed += () => Changed?.Invoke();
        var before = Log;
        Log = log;
        _ = before?.DisposeAsync().AsTask();
        Changed?.Invoke();
    }

    public void CloseLog()
    {
        _ = Log?.DisposeAsync().AsTask();
        Log = null;
        Changed?.Invoke();
    }

    public Task BreakAsync() => Try(() => follower.BreakAsync(Id, Guid.NewGuid().ToString("N"), ending.Token));

    /// <summary>Ctrl+<paramref name="letter"/> to the debugger (rule E5).</summary>
    public Task PressKeyAsync(char letter) => Try(() => follower.PressKeyAsync(Id, Guid.NewGuid().ToString("N"), letter.ToString(), ending.Token));

    public Task ReopenAsync() => Try(() => server.ReopenAsync(Id, new ReopenSessionRequest(), starting: null, ending.Token));

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
        if (Log is { } log)
            await log.DisposeAsync();
        await follower.DisposeAsync();
        ending.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            // What is to be seen first comes first: all the rest takes its processor and its line.
            var showing = ShowLastScreen(cancellationToken);
            var known = await ReadDetails(cancellationToken);
            // The server may have been away until now.
            if (showing is { IsCompletedSuccessfully: true, Result: false })
                showing = ShowLastScreen(cancellationToken);
            await ((Task)showing).WaitAsync(LastScreenFirst, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
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

    /// <summary>A long history takes seconds to come; its end is there at once. False: it could not be had.</summary>
    private async Task<bool> ShowLastScreen(CancellationToken cancellationToken)
    {
        try
        {
            Transcript.Preview(await server.Sessions.GetTranscriptBeforeAsync(Id, long.MaxValue, cancellationToken));
            return true;
        }
        catch (Exception problem) when (problem is ProblemException or OperationCanceledException)
        {
            // The follower tells what is wrong, and brings the same entries.
            return false;
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
                    Present = details.Present,
                    Operators = details.Operators ?? [],
                    Suggestions = details.Suggestions,
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
