using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Tests.Server;

/// <summary>The session hub of <see cref="ScriptedServer"/>.</summary>
public sealed class ScriptedSessionHub(ScriptedServer server) : Hub, ISessionHub
{
    public async IAsyncEnumerable<TranscriptPage> Follow(
        FollowRequest request, IAsyncEnumerable<long> acknowledged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.SessionId != server.SessionId)
            throw new HubException(ProblemText.Format(ProblemCodes.SessionNotFound, "There is no such session."));
        _ = server.Transcript.TakeAcknowledgements(acknowledged, cancellationToken);
        await foreach (var page in server.Transcript.Follow(request, Context.Abort, cancellationToken))
        {
            yield return page;
            if (server.MovesAwayAt is { } last && page.After + page.Entries.Length >= last)
            {
                server.MovesAwayAt = null;
                server.MovedAway.TrySetResult();
                throw new HubException(ProblemText.Format(ProblemCodes.JoinedElsewhere, "You watch 'Crash in ntfs' from laptop now. Join again to take it back to this one."));
            }
        }
    }

    public Task<EnterCommandResponse> EnterCommand(string sessionId, EnterCommandRequest request) => Task.FromResult(server.OnCommand(request));

    public Task PressKey(string sessionId, PressKeyRequest request)
    {
        server.Requests.Add((Routes.Keys, request));
        return Task.CompletedTask;
    }

    public Task Break(string sessionId, BreakRequest request)
    {
        server.Requests.Add((Routes.Break, request));
        return Task.CompletedTask;
    }
}
