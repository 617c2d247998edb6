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
internal sealed class SessionHub(IGrainFactory grains, Accounts accounts, SessionRelays relays, OpenFollows follows, MemoryBudget memory) : Hub, ISessionHub
{
    public async IAsyncEnumerable<TranscriptPage> Follow(
        FollowRequest request, IAsyncEnumerable<long> acknowledged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = Parse(request.SessionId);
        if (memory.Refusal is { } full)
            throw Problems.Hub(full);
        using var onConnection = follows.OpenOnConnection(Context.ConnectionId).OrHubException();
        var user = await CallerAsync();
        using var forUser = follows.OpenForUser(user.ToString()).OrHubException();
        if (request.After < 0)
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, "'after' must be a sequence from 0."));
        var reader = new Reader(user, request.Place?.Id);
        (await GrainCalls.TryAsync(() => grains.Session(session).Join(new ReaderJoin(reader, request.Place?.Computer, request.Joins)))).OrHubException();
        using var lease = relays.Acquire(session);
        if (lease is null)
            yield break;
        var viewer = new Viewer(reader, request.After, request.DurableOnly);
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
        var user = await CallerAsync();
        var entered = (await GrainCalls.TryAsync(() => grains.Session(session).EnterCommand(user, request.Text ?? ""))).OrHubException();
        return new EnterCommandResponse(entered.CommandId, entered.Sequence);
    }

    public Task Break(string sessionId, BreakRequest request) => PressAsync(sessionId, new KeyPress(request.Id ?? "", null, request.Run));

    public Task PressKey(string sessionId, PressKeyRequest request) => PressAsync(sessionId, new KeyPress(request.Id ?? "", request.Key ?? "", request.Run));

    private async Task PressAsync(string sessionId, KeyPress press)
    {
        var session = Parse(sessionId);
        var user = await CallerAsync();
        (await GrainCalls.TryAsync(() => grains.Session(session).Press(user, press))).OrHubException();
    }

    private async Task<UserId> CallerAsync() => (await GrainCalls.TryAsync(() => accounts.Of(Context.User))).OrHubException().Person.Id;

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
