using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Sessions;

/// <summary>REST for a session's transcript: a page, at once or as soon as there is something, or all of it as it comes.</summary>
internal static class TranscriptApi
{
    /// <summary>Longest wait of a long poll.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public static void MapTranscript(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Transcript, ReadTranscript).WithMetadata(new EdgeDemand(HoldsMemory: true, ShowsSessions: true))
            .ForTokens(TokenRight.Read).Describe("readTranscript", "A page of the durable transcript, at once or as soon as there is one", ProblemCodes.SessionNotFound);
        routes.MapGet(Routes.TranscriptFollow, Follow).RequireRateLimiting(CallLimits.Following).WithMetadata(new EdgeDemand(HoldsMemory: true, ShowsSessions: true))
            .ForTokens(TokenRight.Read).Describe("followTranscript", "The durable transcript as it comes: an entry on each line, and at the end a line whose 'ended' says why", ProblemCodes.SessionNotFound, ProblemCodes.LimitReached);
    }

    private static async Task<Results<TranscriptFollow, ProblemHttpResult>> Follow(
        string id, Caller caller, ClaimsPrincipal principal, IGrainFactory grains, SessionRelays relays, OpenFollows follows, OpenSignIns signIns, TimeProvider time, long after = 0)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        if (after < 0)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'after' must be a sequence from 0."));
        var place = follows.OpenForUser(caller.Id.ToString());
        if (place.Refusal is { } tooMany)
            return Problems.Http(tooMany);
        // A program that reads is nobody's presence.
        var reader = new Reader(caller.User, Place: null, caller.Id.OnlyComputer);
        var joined = await GrainCalls.TryAsync(() => grains.Session(session).Join(new ReaderJoin(reader, Computer: null, Moves: false)));
        if (joined.Refusal is null)
            return new TranscriptFollow(session, reader, after, place.Value!, signIns.Open(principal), grains, relays, time);
        place.Value!.Dispose();
        return Problems.Http(joined.Refusal);
    }

    private static async Task<Results<Ok<TranscriptPage>, ProblemHttpResult>> ReadTranscript(
        string id, Caller caller, HttpContext context, IGrainFactory grains, TranscriptLog log, ClusterWatch cluster, TimeProvider time, CancellationToken cancellationToken, long after = 0, double wait = 0, long? before = null)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        if (after < 0 || !double.IsFinite(wait) || wait < 0)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'after' must be a sequence from 0, 'wait' a number of seconds from 0."));
        if (before is { } end)
            return await ReadTranscriptBefore(session, end, caller, grains, log, cancellationToken);
        var left = TimeSpan.FromSeconds(Math.Min(wait, LongestWait.TotalSeconds));
        var life = TokenLife.Left(context, time);
        var outlivesToken = left > life;
        if (outlivesToken)
            left = life;
        while (true)
        {
            var view = await grains.Session(session).View(caller.Id);
            if (view.Refusal is { } refusal)
                return Problems.Http(refusal);
            // What became durable since the right was proved may be its end.
            var proven = view.Value!.DurableThrough;
            var entries = Array.FindAll(await log.Read(session, after, Limits.PageBytes, cancellationToken), entry => entry.Sequence <= proven);
            if (!cluster.IsInTouch)
                return Problems.Http(Refusals.Unavailable);
            if (entries.Length == 0 && left <= TimeSpan.Zero && outlivesToken)
                return Problems.Http(TokenLife.Over);
            if (entries.Length > 0 || left <= TimeSpan.Zero)
                return TypedResults.Ok(new TranscriptPage(0, after, entries, Math.Max(proven, after + entries.Length)));
            var step = left < TimeSpan.FromSeconds(3) ? left : TimeSpan.FromSeconds(3);
            await grains.Session(session).Read(new ReadCursor(proven, 0, proven, Limits.PageBytes, step));
            left -= step;
        }
    }

    private static async Task<Results<Ok<TranscriptPage>, ProblemHttpResult>> ReadTranscriptBefore(
        SessionId session, long before, Caller caller, IGrainFactory grains, TranscriptLog log, CancellationToken cancellationToken)
    {
        if (before < 1)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'before' must be a sequence from 1."));
        var view = await grains.Session(session).View(caller.Id);
        if (view.Refusal is { } refusal)
            return Problems.Http(refusal);
        var entries = await log.ReadBackwards(session, before, Limits.PageBytes, cancellationToken);
        return TypedResults.Ok(new TranscriptPage(0, entries.Length == 0 ? 0 : entries[0].Sequence - 1, entries, view.Value!.DurableThrough));
    }
}
