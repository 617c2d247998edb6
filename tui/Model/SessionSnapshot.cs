using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Model;

/// <summary>What a Command window shows around the transcript, at one moment.</summary>
internal sealed record SessionSnapshot
{
    public string Name { get; init; } = "";

    public UserSummary? Host { get; init; }

    /// <summary>This user hosts it, and so may run commands.</summary>
    public bool IsHost { get; init; }

    /// <summary>What this user may do with the debugger (rule E7); null for a viewer.</summary>
    public OperatorRight? Right { get; init; }

    public bool ThroughServer { get; init; }

    /// <summary>Whose command language it is.</summary>
    public string DebuggerKind { get; init; } = "";

    public SessionState State { get; init; } = SessionState.Active;

    public DebuggerState Debugger { get; init; } = DebuggerState.Starting;

    /// <summary>How full the agent's spool is.</summary>
    public SpoolState Spool { get; init; }

    public string Prompt { get; init; } = "";

    /// <summary>Commands that wait or run, oldest first.</summary>
    public IReadOnlyList<QueuedCommand> Queue { get; init; } = [];

    /// <summary>Who watches.</summary>
    public IReadOnlyList<UserSummary> Present { get; init; } = [];

    /// <summary>Clients who may enter commands.</summary>
    public IReadOnlyList<OperatorSummary> Operators { get; init; } = [];

    /// <summary>Commands that were suggested and neither run nor dismissed, oldest first.</summary>
    public IReadOnlyList<SuggestedCommand> Suggestions { get; init; } = [];

    public FollowerState Connection { get; init; } = FollowerState.Connecting;

    /// <summary>Why it is not connected.</summary>
    public string? ConnectionProblem { get; init; }

    /// <summary>Why nothing more comes: the right or the session is gone.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>It ended because this user watches from another computer now; it can be taken back.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>The last thing that this user asked for and did not get.</summary>
    public string? Problem { get; init; }

    /// <summary>Longer prompts are cut: the command line needs its room.</summary>
    private const int PromptCharacters = 30;

    /// <summary>What stands before the command line.</summary>
    public string PromptText => this switch
    {
        { EndedBecause: null, Connection: not FollowerState.Connected } => "*OFFLINE*",
        { State: not SessionState.Active } => $"*{StateText.Of(State).ToUpperInvariant()}*",
        { MaySuggest: true } => "suggest>",
        { Debugger: DebuggerState.Ready } => VisibleText.Line(Prompt).Trim() is { Length: > 0 } prompt ? Cut(prompt) : ">",
        { Debugger: DebuggerState.Offline } => "*DEBUGGER OFFLINE*",
        _ => $"*{StateText.Of(Debugger).ToUpperInvariant()}*",
    };

    /// <summary>The debugger asks for more of the command before (rule E6).</summary>
    public bool IsContinued => Debugger == DebuggerState.Ready && Prompt.Trim().Length > 0 && !CommandGrammar.For(DebuggerKind).IsOwnPrompt(Prompt);

    /// <summary>Whether a command may be entered, as far as is known here; the server decides.</summary>
    public bool MayEnter => (IsHost || Right is not null) && State == SessionState.Active && EndedBecause is null
        && Debugger is not (DebuggerState.Exited or DebuggerState.Offline);

    /// <summary>What this user enters is suggested to the host (rule E9): they may not enter commands themselves.</summary>
    public bool MaySuggest => !IsHost && Right is null && State == SessionState.Active && EndedBecause is null && Debugger is not DebuggerState.Exited;

    public bool MayBreak => (IsHost || Right is OperatorRight.Full) && State == SessionState.Active && EndedBecause is null && Debugger is not DebuggerState.Exited;

    /// <summary>What somebody who wants to enter a command should know, when they can't.</summary>
    public string? Advice => this switch
    {
        { IsElsewhere: true, EndedBecause: { } reason } => reason + " (F4)",
        { EndedBecause: { } reason } => reason,
        { State: SessionState.Terminated } => "This session is terminated; its history stays to be read.",
        { State: SessionState.Closed, IsHost: true } => "This session is closed. Re-open it from the Session menu.",
        { State: SessionState.Closed } => "This session is closed. The host can re-open it.",
        { Debugger: DebuggerState.Exited } => "The debugger has exited.",
        { IsHost: false, Right: null } => "Only the host runs commands in this session. Enter suggests yours.",
        { Debugger: DebuggerState.Offline } => "The agent is unreachable; commands are refused until it is back.",
        _ => null,
    };

    /// <summary>Takes note of a typed entry.</summary>
    public SessionSnapshot After(TranscriptEntry entry) => entry.Kind switch
    {
        TranscriptEntryKind.DebuggerStateChanged => this with { Debugger = entry.Debugger ?? Debugger, Prompt = entry.Debugger == DebuggerState.Ready ? entry.Text ?? Prompt : Prompt },
        TranscriptEntryKind.RunStarted => this with { Debugger = DebuggerState.Starting, Spool = SpoolState.Normal },
        TranscriptEntryKind.RunExited => this with { Debugger = DebuggerState.Exited, Spool = SpoolState.Normal, Queue = [] },
        TranscriptEntryKind.SpoolStateChanged => this with { Spool = entry.Spool ?? Spool },
        TranscriptEntryKind.SessionClosed => this with { State = SessionState.Closed },
        TranscriptEntryKind.SessionReopened => this with { State = SessionState.Active },
        TranscriptEntryKind.SessionTerminated => this with { State = SessionState.Terminated },
        TranscriptEntryKind.PersonJoined when entry.Person is { } person => this with { Present = [.. Present.Where(other => other.Email != person.Email), person] },
        TranscriptEntryKind.PersonLeft => this with { Present = [.. Present.Where(other => other.Email != entry.Person?.Email)] },
        TranscriptEntryKind.CommandSuggested when entry is { SuggestionId: { } suggestion, Author: { } author } =>
            this with { Suggestions = [.. Suggestions.Where(other => other.Id != suggestion), new SuggestedCommand(suggestion, entry.Text ?? "", author)] },
        TranscriptEntryKind.SuggestionDismissed => this with { Suggestions = Without(entry.SuggestionId) },
        TranscriptEntryKind.CommandEntered when entry.CommandId is { } id =>
            this with { Suggestions = Without(entry.SuggestionId), Queue = [.. Queue.Where(item => item.Id != id), new QueuedCommand(id, entry.Text ?? "", entry.Author ?? new UserSummary("somebody", "", ""), false)] },
        TranscriptEntryKind.CommandStarted => this with { Queue = [.. Queue.Select(item => item.Id == entry.CommandId ? item with { IsRunning = true } : item)] },
        TranscriptEntryKind.CommandCompleted or TranscriptEntryKind.CommandCancelled =>
            this with { Queue = [.. Queue.Where(item => item.Id != entry.CommandId)] },
        _ => this,
    };

    private IReadOnlyList<SuggestedCommand> Without(string? suggestionId) => suggestionId is null ? Suggestions : [.. Suggestions.Where(other => other.Id != suggestionId)];

    private static string Cut(string prompt) => prompt.Length <= PromptCharacters ? prompt : "…" + prompt[^(PromptCharacters - 1)..];
}
