namespace OrleansKd.Contracts;

/// <summary>
/// <see cref="Routes.SessionHub"/>: what viewers call. WebSockets only, bearer token. Refusals are <c>HubException</c>s
/// whose message <see cref="ProblemText"/> reads.
/// </summary>
public interface ISessionHub
{
    /// <summary>
    /// Streams pages after <see cref="FollowRequest.After"/>, at once or as soon as there is something. The stream ends
    /// normally when the session's grain moved to another epoch or the process stops: follow again after the last watermark
    /// told. It ends with a refusal when the caller's right is gone, or with <see cref="ProblemCodes.JoinedElsewhere"/> when a
    /// client joins from another computer.
    /// </summary>
    /// <param name="acknowledged">
    /// Sequences that the caller has taken, growing. At most <see cref="Limits.FollowWindowBytes"/> are sent ahead of it.
    /// </param>
    IAsyncEnumerable<TranscriptPage> Follow(FollowRequest request, IAsyncEnumerable<long> acknowledged, CancellationToken cancellationToken);

    Task<EnterCommandResponse> EnterCommand(string sessionId, EnterCommandRequest request);

    Task Break(string sessionId, BreakRequest request);

    Task PressKey(string sessionId, PressKeyRequest request);
}

/// <param name="After">Sequence after which to begin; 0 for the beginning. Must be durable.</param>
/// <param name="Epoch">The highest epoch that the caller has seen, 0 if none; a server that knows only a lower one waits or refuses.</param>
/// <param name="DurableOnly">Send only what is durable: for files and pipes (rule I3).</param>
/// <param name="Place">Where a person watches. Null: a program reads; it counts as nobody's presence.</param>
/// <param name="Joins">
/// The person opened the window now: theirs on other computers stop (rule D2). False: it goes on after a cut, and is refused with
/// <see cref="ProblemCodes.JoinedElsewhere"/> when they joined from another computer meanwhile.
/// </param>
public sealed record FollowRequest(string SessionId, long After, long Epoch, bool DurableOnly, ViewerPlace? Place = null, bool Joins = false);

/// <summary>One computer of a viewer.</summary>
/// <param name="Id">The same for all windows on that computer: 1 to <see cref="Limits.PlaceIdLength"/> characters that nobody guesses.</param>
/// <param name="Computer">Its name, for its own user: "you joined from …".</param>
public sealed record ViewerPlace(string Id, string Computer);
