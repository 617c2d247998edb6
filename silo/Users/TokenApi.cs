using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;

namespace OrleansKd.Silo.Users;

/// <summary>REST for the caller's service tokens. None of it can be done with a service token.</summary>
internal static class TokenApi
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Tokens, List)
            .Describe("listTokens", "Your service tokens, without what proves them");
        routes.MapPost(Routes.Tokens, Make)
            .Describe("makeToken", "Make a service token for an agent or a script; the answer is the only one that has it", ProblemCodes.LimitReached);
        routes.MapDelete(Routes.Token, Revoke)
            .Describe("revokeToken", "Revoke a service token; what goes on under it ends", ProblemCodes.TokenNotFound);
    }

    private static async Task<Ok<TokenSummary[]>> List(Caller caller, IGrainFactory grains, TimeProvider time)
    {
        var tokens = await grains.User(caller.User).ListTokens();
        return TypedResults.Ok<TokenSummary[]>([.. tokens.Select(token => ToSummary(token, time.GetUtcNow()))]);
    }

    private static async Task<Results<Created<MadeToken>, ProblemHttpResult>> Make(MakeTokenRequest request, Caller caller, IGrainFactory grains, TimeProvider time)
    {
        if (request.Days is < 1 or > Limits.TokenDays)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, $"'days' must be 1 to {Limits.TokenDays}."));
        var (text, proof) = ServiceToken.New(caller.User);
        var made = await grains.User(caller.User).MakeToken(new NewToken(
            proof, request.Name ?? "", request.Right ?? default, request.Computer, TimeSpan.FromDays(request.Days ?? Limits.TokenDaysByDefault)));
        return made.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Created(Routes.ForToken(proof.TokenId), new MadeToken(text, ToSummary(made.Value!, time.GetUtcNow())));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string token, Caller caller, IGrainFactory grains)
    {
        var outcome = await grains.User(caller.User).RevokeToken(token);
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.NoContent();
    }

    private static TokenSummary ToSummary(TokenView token, DateTimeOffset now) =>
        new(token.TokenId, token.Name, token.Right, token.Computer, token.MadeAt, token.ExpiresAt, now >= token.ExpiresAt);
}
