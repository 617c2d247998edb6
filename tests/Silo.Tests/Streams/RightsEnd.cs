using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>Whose right it is.</summary>
internal enum RightOf
{
    /// <summary>An invited client.</summary>
    Viewer,

    Host,

    /// <summary>The host's agent; the host's own windows have another token.</summary>
    Agent,
}

/// <summary>A way in which the right to streams ends.</summary>
/// <param name="Ends">How each stream ends, in the order of <see cref="StreamStage.Kinds"/>; <see cref="GoesOn"/>, or <see cref="NotOpen"/>.</param>
/// <param name="EndAsync">Ends the right.</param>
internal sealed record RightsEnd(string Name, RightOf Whose, string Ends, Func<StreamStage, Task> EndAsync)
{
    public const string GoesOn = "+";

    public const string NotOpen = ".";

    private const string Gone = ProblemCodes.SessionNotFound;
    private const string Expired = ProblemCodes.NotSignedIn;

    /// <summary>The entry that records the end: nothing from it on is shown. Null: the end is no entry.</summary>
    public TranscriptEntryKind? Entry { get; init; }

    /// <summary>The token of whom it concerns is a short one.</summary>
    public bool TokenExpires { get; init; }

    /// <summary>The debugger prints all the time; else it is quiet, and nothing but the end can end a wait.</summary>
    public bool Prints { get; init; } = true;

    /// <summary>The host's session ends for everybody.</summary>
    public bool EndsForAll { get; init; }

    public static IReadOnlyList<RightsEnd> All { get; } =
    [
        //                                     hub, durable only, ndjson, poll, feed, agent register, attach
        new("join taken away", RightOf.Viewer, $"{Gone} {Gone} {Gone} {Gone} removed + +", stage => stage.TakeAwayAsync(Permission.Join)) { Entry = TranscriptEntryKind.AccessTakenAway },
        new("revoked", RightOf.Viewer, $"{Gone} {Gone} {Gone} {Gone} removed + +", stage => stage.RevokeAsync()) { Entry = TranscriptEntryKind.ClientRevoked },
        new("left", RightOf.Viewer, $"{Gone} {Gone} {Gone} {Gone} removed + +", stage => stage.LeaveAsync()) { Entry = TranscriptEntryKind.ClientLeft },
        // Whoever opens a session has accepted; a poll opens nothing.
        new("declined", RightOf.Viewer, $". . . {Gone} removed + +", stage => stage.LeaveAsync()) { Entry = TranscriptEntryKind.InvitationDeclined },
        // Only what is terminated, and whose debugger has left, can be deleted: the followed transcript was complete then, and the run over.
        new("deleted", RightOf.Viewer, $"{Gone} {Gone} complete {Gone} removed + complete", stage => stage.DeleteAsync()) { EndsForAll = true },
        new("token expired", RightOf.Viewer, $"closed closed {Expired} {Expired} {Expired} + +", stage => stage.ExpireAsync()) { TokenExpires = true, Prints = false },
        // A poll is asked anew with each page, and every request is proved.
        new("token expired amid output", RightOf.Viewer, $"closed closed {Expired} . {Expired} + +", stage => stage.ExpireAsync()) { TokenExpires = true },
        new("another sign-in has the account", RightOf.Viewer, $"{Expired} {Expired} {Expired} {Expired} {Expired} + +", stage => stage.RebindAsync()),
        new("another sign-in has the host's account", RightOf.Host, $"{Expired} {Expired} {Expired} {Expired} {Expired} complete complete", stage => stage.RebindAsync()),
        // The session closes, and shows that. Its debugger is still recorded: nothing becomes of the target, and nothing of it is lost.
        new("host taken away", RightOf.Host, "+ + + + + + +", stage => stage.TakeAwayAsync(Permission.Host)) { Entry = TranscriptEntryKind.HostingTakenAway },
        new("host and join taken away", RightOf.Host, $"{Gone} {Gone} {Gone} {Gone} removed + +", stage => stage.TakeAwayAsync(Permission.Host, Permission.Join)) { Entry = TranscriptEntryKind.AccessTakenAway },
        new("agent's token expired", RightOf.Agent, "+ + + + + closed closed", stage => stage.ExpireAsync()) { TokenExpires = true, Prints = false },
    ];
}
