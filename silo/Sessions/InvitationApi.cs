using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Users;

namespace OrleansKd.Silo.Sessions;

/// <summary>REST for a session's people: who is invited, inviting, revoking, leaving.</summary>
internal static class InvitationApi
{
    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.People, People).WithMetadata(new EdgeDemand(ShowsSessions: true))
            .ForTokens(TokenRight.Read).Describe("listPeople", "The host and invited clients of a session", ProblemCodes.SessionNotFound);
        routes.MapPost(Routes.Invitations, Invite).RequireRateLimiting(CallLimits.Inviting)
            .ForTokens(TokenRight.Host).Describe("invite", "Invite people, all or none", [.. ApiOperations.HostsSession, ProblemCodes.UserNotFound, ProblemCodes.LimitReached]);
        routes.MapDelete(Routes.Invitation, Revoke)
            .ForTokens(TokenRight.Host).Describe("revokeInvitation", "Take an invitation back", ProblemCodes.SessionNotFound, ProblemCodes.HostOnly, ProblemCodes.UserNotFound);
        routes.MapPost(Routes.Leave, (string id, Caller caller, IGrainFactory grains) => SessionApi.Do(id, grains, session => session.Leave(caller.Id)))
            .ForTokens(TokenRight.Host).Describe("leaveSession", "Decline an invitation, or leave for good", ProblemCodes.SessionNotFound, ProblemCodes.WrongState);
    }

    private static async Task<Results<Ok<SessionPerson[]>, ProblemHttpResult>> People(string id, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).View(caller.Id);
        if (outcome.Refusal is { } refusal)
            return Problems.Http(refusal);
        var view = outcome.Value!;
        return TypedResults.Ok(SessionMapping.ToPeople(view, view.IsHost ? await Mails(session, view, grains) : new Dictionary<UserId, MailStatus>()));
    }

    private static async Task<Dictionary<UserId, MailStatus>> Mails(SessionId session, SessionView view, IGrainFactory grains)
    {
        var described = await Task.WhenAll(view.Clients.Select(client => grains.Invitation(session, client.Id).Describe()));
        return described.OfType<Grains.Abstractions.Invitations.InvitationDescription>().ToDictionary(invitation => invitation.Invited.Id, invitation => invitation.Mail);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Invite(
        string id, InviteRequest request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null)
    {
        // Whoever does not host this session learns nothing of who has an account.
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var view = await grains.Session(session).View(caller.Id);
        if (view.Refusal is { } unseen)
            return Problems.Http(unseen);
        if (!view.Value!.IsHost)
            return await SessionApi.Do(id, grains, other => other.Invite(caller.Id, []));
        var people = await UserApi.FindAll(request.Emails ?? [], grains);
        return people.Refusal is { } refusal
            ? Problems.Http(refusal)
            : await SessionApi.Do(id, grains, hosted => hosted.Invite(caller.Id, people.Value!, key));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string id, string client, Caller caller, IGrainFactory grains) =>
        // An id can be longer than the address it stands for.
        string.IsNullOrWhiteSpace(client) || client.Length > 5 * Limits.EmailLength
            ? Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "Name the e-mail address of an invited client."))
            : await SessionApi.Do(id, grains, session => session.Revoke(caller.Id, client));
}
