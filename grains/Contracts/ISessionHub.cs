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
    /// told. It ends with a refusal when the caller's right is gone.
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
public sealed record FollowRequest(string SessionId, long After, long Epoch, bool DurableOnly);
