using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>
/// Follows sessions over one connection to the session hub, and enters commands and Breaks over the same one. Follows for
/// ever: whenever a stream ends or breaks, it connects again if need be and follows after the last durable entry that it told.
/// </summary>
public sealed class SessionFollower : IAsyncDisposable
{
    /// <summary>A token that the server refuses this many times in a row is not going to be taken: the sign-in has ended.</summary>
    private const int RefusedTokens = 3;

    private readonly HubLink link;
    private readonly TimeProvider time;
    private readonly ReconnectPace pace;

    public SessionFollower(Uri server, IAccessTokens tokens, TimeProvider time)
        : this(server, tokens, time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)))
    {
    }

    /// <param name="jitter">For the waits between tries.</param>
    public SessionFollower(Uri server, IAccessTokens tokens, TimeProvider time, Random jitter)
    {
        link = new HubLink(server, tokens);
        this.time = time;
        pace = new ReconnectPace(jitter);
    }

    /// <summary>Where the person who watches is; null for a program, which is nobody's presence.</summary>
    public ViewerPlace? Place { get; init; }

    /// <summary>
    /// The transcript after <paramref name="after"/> (a durable sequence, or 0), for ever. Asking for the next update acknowledges
    /// the one before: a consumer that is slow holds back the server, not its memory.
    /// </summary>
    /// <param name="durableOnly">For files and pipes: nothing that may be rewound.</param>
    /// <exception cref="ProblemException">
    /// The session or the right to it is gone, or the sign-in has ended; or <see cref="ProblemCodes.JoinedElsewhere"/>: the person watches
    /// from another computer now. To follow again takes it back.
    /// </exception>
    public async IAsyncEnumerable<TranscriptUpdate> Follow(
        string sessionId, long after, bool durableOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = new FollowPosition(after, durableOnly);
        var refusedTokens = 0;
        var isJoining = Place is not null;
        yield return new TranscriptUpdate.ConnectionChanged(FollowerState.Connecting, null);
        for (var isConnected = false; ;)
        {
            position.BeginStream();
            var acknowledged = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
            using var stream = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            IAsyncEnumerator<TranscriptPage>? pages = null;
            Exception? problem = null;
            try
            {
                var request = new FollowRequest(sessionId, position.Resume, position.Epoch, durableOnly, Place, isJoining);
                pages = (await link.FollowAsync(request, acknowledged.Reader, stream.Token)).GetAsyncEnumerator(stream.Token);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                problem = failure;
            }
            if (pages is not null && !isConnected)
            {
                isConnected = true;
                yield return new TranscriptUpdate.ConnectionChanged(FollowerState.Connected, null);
            }
            while (pages is not null)
            {
                try
                {
                    if (!await pages.MoveNextAsync())
                        break;
                }
                catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
                {
                    problem = failure;
                    break;
                }
                if (!position.TryTake(pages.Current, out var rewindTo, out var news))
                    break;
                pace.Succeeded();
                refusedTokens = 0;
                isJoining = false;
                if (rewindTo is { } sequence)
                    yield return new TranscriptUpdate.Rewound(sequence);
                yield return new TranscriptUpdate.Page(news!);
                acknowledged.Writer.TryWrite(position.Position);
            }
            acknowledged.Writer.TryComplete();
            await stream.CancelAsync();
            if (pages is not null)
                await CloseQuietly(pages);
            cancellationToken.ThrowIfCancellationRequested();

            if (problem is not null)
            {
                var told = link.Explain(problem);
                refusedTokens = told.Code == ProblemCodes.NotSignedIn && !HubLink.IsLocal(problem) ? refusedTokens + 1 : 0;
                if (IsFinal(told, problem, refusedTokens))
                    throw told;
                if (!link.IsConnected || told.Code is ProblemCodes.Unavailable or ProblemCodes.LimitReached)
                {
                    isConnected = false;
                    yield return new TranscriptUpdate.ConnectionChanged(FollowerState.Reconnecting, told.Message);
                }
            }
            await Task.Delay(pace.Next(), time, cancellationToken);
        }
    }

    /// <summary>Enters a command; at most once, never repeated by itself.</summary>
    /// <exception cref="ProblemException">Refused; or <see cref="ProblemException.OutcomeUnknown"/>: the connection was lost meanwhile.</exception>
    public Task<EnterCommandResponse> EnterCommandAsync(string sessionId, string text, CancellationToken cancellationToken) =>
        link.InvokeAsync<EnterCommandResponse>(nameof(ISessionHub.EnterCommand), [sessionId, new EnterCommandRequest(text)], cancellationToken);

    /// <summary>Enters several commands, nobody else's between them, or none (rule E6).</summary>
    /// <exception cref="ProblemException">Refused; or <see cref="ProblemException.OutcomeUnknown"/>: the connection was lost meanwhile.</exception>
    public Task<EnterCommandResponse> EnterCommandsAsync(string sessionId, IReadOnlyList<string> lines, CancellationToken cancellationToken) =>
        link.InvokeAsync<EnterCommandResponse>(nameof(ISessionHub.EnterCommand), [sessionId, new EnterCommandRequest(lines[0], [.. lines.Skip(1)])], cancellationToken);

    /// <summary>Interrupts the debugger, now or not at all (rule E4).</summary>
    /// <exception cref="ProblemException">Refused, or not known to have arrived.</exception>
    public Task BreakAsync(string sessionId, string breakId, CancellationToken cancellationToken) =>
        link.InvokeAsync<object?>(nameof(ISessionHub.Break), [sessionId, new BreakRequest(breakId)], cancellationToken);

    /// <summary>Presses a control key, now or not at all (rule E4).</summary>
    /// <exception cref="ProblemException">Refused, or not known to have arrived.</exception>
    public Task PressKeyAsync(string sessionId, string keyId, string key, CancellationToken cancellationToken) =>
        link.InvokeAsync<object?>(nameof(ISessionHub.PressKey), [sessionId, new PressKeyRequest(keyId, key)], cancellationToken);

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private static bool IsFinal(ProblemException told, Exception problem, int refusedTokens) => told.Code switch
    {
        ProblemCodes.SessionNotFound or ProblemCodes.NotPermitted or ProblemCodes.InvalidRequest or ProblemCodes.JoinedElsewhere => true,
        ProblemCodes.NotSignedIn => HubLink.IsLocal(problem) || refusedTokens >= RefusedTokens,
        _ => false,
    };

    private static async Task CloseQuietly(IAsyncEnumerator<TranscriptPage> pages)
    {
        try
        {
            await pages.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // Ending a stream early is a cancellation; there is nothing more to it.
        }
    }
}
