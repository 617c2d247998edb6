using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Organizations;

namespace OrleansKd.Silo.Users;

/// <summary>REST for the caller's account, computers, and finding people to invite.</summary>
internal static class UserApi
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Me, Me)
            .ForTokens(TokenRight.Read).Describe("getMe", "Your account; the first call makes it");
        routes.MapFeed();
        routes.MapGet(Routes.Computers, Computers)
            .ForTokens(TokenRight.Read).Describe("listComputers", "Your computers with their agents");
        routes.MapGet(Routes.Users, Find).RequireRateLimiting(CallLimits.Finding)
            .ForTokens(TokenRight.Host).Describe("findUser", "Somebody who can be invited", ProblemCodes.NotPermitted, ProblemCodes.UserNotFound);
    }

    /// <summary>All of these people, or why one of them can't be invited (all or nothing, rule C2).</summary>
    public static async Task<Outcome<Person[]>> FindAll(string[] emails, IGrainFactory grains)
    {
        if (emails.Length is 0 or > Limits.InvitedClients)
            return new Refusal(ProblemCodes.InvalidRequest, $"Name 1 to {Limits.InvitedClients} e-mail addresses to invite; this names {emails.Length}.");
        var people = new List<Person>();
        foreach (var email in emails)
        {
            var found = await Eligible(email, grains);
            if (found.Refusal is { } refusal)
                return refusal;
            people.Add(found.Value!);
        }
        return people.ToArray();
    }

    private static async Task<Outcome<Person>> Eligible(string? email, IGrainFactory grains)
    {
        var address = VisibleText.From(email ?? "");
        if (string.IsNullOrWhiteSpace(email) || email.Length > Limits.EmailLength || !email.Contains('@', StringComparison.Ordinal))
            return new Refusal(ProblemCodes.InvalidRequest, $"'{address}' is not an e-mail address.");
        var account = await grains.User(UserId.FromEmail(email)).GetAccount();
        if (account.Refusal is not null)
            return new Refusal(ProblemCodes.UserNotFound, $"Nobody with the address {address} has signed in to OrleansKd yet. Ask them to sign in once (any orleanskd command does) and to request the Join Sessions permission, then invite them again.");
        if (account.Value!.IsListFull)
            return new Refusal(ProblemCodes.UserNotFound, $"{address} is in {Limits.ListedSessions} sessions already, which is the most. Ask them to leave or delete some, then invite them again.");
        return account.Value.MayJoin
            ? account.Value.Person
            : new Refusal(ProblemCodes.UserNotFound, $"{address} may not join sessions. Ask them to request the Join Sessions permission, then invite them again.");
    }

    private static async Task<Results<Ok<UserSummary>, ProblemHttpResult>> Find(string? email, Caller caller, IGrainFactory grains)
    {
        if (!caller.Account.MayHost)
            return Problems.Http(new Refusal(ProblemCodes.NotPermitted, "Only people with the Host Sessions permission can find others."));
        var found = await Eligible(email, grains);
        return found.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Ok(new UserSummary(found.Value!.Name, found.Value.Company, found.Value.Email));
    }

    private static async Task<Ok<ComputerSummary[]>> Computers(Caller caller, IGrainFactory grains)
    {
        var names = await grains.User(caller.User).ListComputers();
        var computers = await Task.WhenAll(names.Where(caller.Id.MayUse).Select(async name =>
        {
            var computer = await grains.Computer(caller.User, name).Describe();
            return new ComputerSummary(name, computer.IsOnline, computer.Debuggers);
        }));
        return TypedResults.Ok(computers);
    }

    private static async Task<Ok<AccountSummary>> Me(Caller caller, IGrainFactory grains)
    {
        var account = caller.Account;
        var waiting = account is { IsAdministrator: true, Organization: { } organization } ? await grains.Organization(organization).CountRequests(caller.User) : 0;
        return TypedResults.Ok(ToSummary(account, waiting));
    }

    public static AccountSummary ToSummary(Account account, int waitingRequests) => new(
        account.Person.Name, account.Person.Company.Length == 0 ? null : account.Person.Company, account.Person.Email,
        account.MayHost, account.MayJoin, account.IsAdministrator,
        waitingRequests, account.LastDecision is { } decision ? PermissionMapping.ToWire(decision) : null);
}
