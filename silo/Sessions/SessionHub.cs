using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Sessions;

/// <summary>What viewers call. Authenticates and translates; the session's grain decides.</summary>
internal sealed class SessionHub(IGrainFactory grains, Accounts accounts, SessionRelays relays, OpenFollows follows, OpenSignIns signIns, MemoryBudget memory, CallLimits limits, TokenWatch tokens) : Hub, ISessionHub
{
    public override Task OnConnectedAsync()
    {
        _ = tokens.WatchAsync(Context.User, Context.Abort, Context.ConnectionAborted);
        return base.OnConnectedAsync();
    }

    public async IAsyncEnumerable<TranscriptPage> Follow(
        FollowRequest request, IAsyncEnumerable<long> acknowledged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = Parse(request.SessionId);
        if (memory.Refusal is { } full)
            throw Problems.Hub(full);
        using var onConnection = follows.OpenOnConnection(Context.ConnectionId).OrHubException();
        var caller = await CallerAsync(TokenRight.Read);
        using var forUser = follows.OpenForUser(caller.User.ToString()).OrHubException();
        if (limits.TakeFollow(caller.User) is { } tooMany)
            throw Problems.Hub(tooMany);
        if (request.After < 0)
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, "'after' must be a sequence from 0."));
        // With a token that only reads somebody looks on, without being there.
        var place = caller.Token is { Right: TokenRight.Read } ? null : request.Place;
        var reader = new Reader(caller.User, place?.Id, caller.Id.OnlyComputer);
        (await GrainCalls.TryAsync(() => grains.Session(session).Join(new ReaderJoin(reader, place?.Computer, request.Joins)))).OrHubException();
        using var lease = relays.Acquire(session);
        if (lease is null)
            yield break;
        var viewer = new Viewer(reader, request.After, request.DurableOnly);
        using var signIn = signIns.Open(Context.User);
        using var watching = signIn.Ended.Register(() => lease.Relay.Refuse(viewer, signIn.Refusal));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Context.ConnectionAborted);
        var acknowledging = AcknowledgeAsync(viewer, acknowledged, ended.Token);
        try
        {
            await foreach (var page in lease.Relay.FollowAsync(viewer, ended.Token))
            {
                // The caller has seen a newer life of the session than this relay reads: it is about to notice, too.
                if (page.Epoch < request.Epoch)
                    yield break;
                yield return page;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await acknowledging;
        }
    }

    public async Task<EnterCommandResponse> EnterCommand(string sessionId, EnterCommandRequest request)
    {
        var session = Parse(sessionId);
        var caller = await CallerAsync(TokenRight.Host);
        if (EnteredCommands.CheckCount(request) is { } malformed)
            throw Problems.Hub(malformed);
        if (limits.TakeCommands(caller.User, EnteredCommands.CountOf(request)) is { } tooMany)
            throw Problems.Hub(tooMany);
        var entered = (await GrainCalls.TryAsync(() => EnteredCommands.EnterAsync(grains.Session(session), caller.Id, request, key: null))).OrHubException();
        return new EnterCommandResponse(entered.CommandId, entered.Sequence);
    }

    public Task Break(string sessionId, BreakRequest request) => PressAsync(sessionId, new KeyPress(request.Id ?? "", null, request.Run));

    public Task PressKey(string sessionId, PressKeyRequest request) => PressAsync(sessionId, new KeyPress(request.Id ?? "", request.Key ?? "", request.Run));

    private async Task PressAsync(string sessionId, KeyPress press)
    {
        var session = Parse(sessionId);
        var caller = await CallerAsync(TokenRight.Host);
        (await GrainCalls.TryAsync(() => grains.Session(session).Press(caller.Id, press))).OrHubException();
    }

    private async Task<Caller> CallerAsync(TokenRight right) => (await GrainCalls.TryAsync(() => accounts.Of(Context.User, new TokenNeed(right)))).OrHubException();

    private static SessionId Parse(string? id) => SessionId.TryParse(id, out var session) ? session : throw Problems.Hub(Refusals.SessionNotFound);

    private static async Task AcknowledgeAsync(Viewer viewer, IAsyncEnumerable<long> acknowledged, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var sequence in acknowledged.WithCancellation(cancellationToken))
                viewer.Acknowledge(sequence);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HubException or IOException)
        {
            // The stream of acknowledgements ended with its connection; so does the follow.
        }
    }
}
