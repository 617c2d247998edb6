using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;

namespace OrleansKd.Silo.Organizations;

/// <summary>REST for permissions and administrators. The caller's organization decides; an account without one has nobody to ask.</summary>
internal static class OrganizationApi
{
    public static void MapOrganizations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Permissions, GetOwn)
            .Describe("getPermissions", "Your permissions, what they wait for, and what was decided last");
        routes.MapPost(Routes.Permissions, Request)
            .Describe("requestPermissions", "Ask an administrator for permissions", ProblemCodes.NotPermitted, ProblemCodes.WrongState, ProblemCodes.LimitReached);
        routes.MapGet(Routes.Organization, Get)
            .Describe("getOrganization", "Your organization: who waits, and who may do what; for its administrators. The header Link names the next page", ProblemCodes.NotPermitted);
        routes.MapGet(Routes.PermissionLog, ReadLog)
            .Describe("readPermissionLog", "Who decided what, newest first; for administrators", ProblemCodes.NotPermitted);
        MapAction<DecidePermissionsRequest>(Routes.ApprovePermissions, PermissionActionKind.Approve, "approvePermissions", "Approve what somebody asked for");
        MapAction<DecidePermissionsRequest>(Routes.DenyPermissions, PermissionActionKind.Deny, "denyPermissions", "Deny what somebody asked for");
        MapAction<DecidePermissionsRequest>(Routes.RevokePermissions, PermissionActionKind.TakeAway, "revokePermissions", "Take permissions away");
        MapAction<AdministratorRequest>(Routes.AppointAdministrator, PermissionActionKind.Appoint, "appointAdministrator", "Make somebody an administrator");
        MapAction<AdministratorRequest>(Routes.DismissAdministrator, PermissionActionKind.Dismiss, "dismissAdministrator", "Dismiss an administrator");
        MapAction<AdministratorRequest>(Routes.RebindAccount, PermissionActionKind.Rebind, "rebindAccount", "Let another sign-in take an address over");

        void MapAction<TRequest>(string route, PermissionActionKind kind, string id, string summary) where TRequest : class => routes.MapPost(route, (TRequest request, Caller caller, IGrainFactory grains) => request switch
        {
            DecidePermissionsRequest decide => Act(caller, grains, kind, decide.Email, decide.Permissions, decide.Reason),
            AdministratorRequest administrator => Act(caller, grains, kind, administrator.Email, null, administrator.Reason),
            _ => throw new ArgumentException($"{typeof(TRequest)} is no request of an administrator.", nameof(request)),
        }).Describe(id, summary, ProblemCodes.NotPermitted, ProblemCodes.UserNotFound, ProblemCodes.WrongState, ProblemCodes.LimitReached);
    }

    private static async Task<Ok<PermissionsSummary>> GetOwn(Caller caller, IGrainFactory grains)
    {
        var account = caller.Account;
        var pending = account.Organization is { } organization ? await grains.Organization(organization).PendingOf(caller.User) : null;
        return TypedResults.Ok(new PermissionsSummary(
            account.Organization is null ? null : account.Person.Company,
            PermissionMapping.ToWire(account),
            account.IsAdministrator,
            pending is null ? null : PermissionMapping.ToWire(pending),
            account.LastDecision is { } decision ? PermissionMapping.ToWire(decision) : null));
    }

    private static async Task<Results<Ok<PermissionsSummary>, ProblemHttpResult>> Request(RequestPermissionsRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.Permissions is not { Length: > 0 })
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "Name the permissions that you ask for: host, join, or both."));
        var outcome = await ActAsync(caller, grains, new OrganizationAction(PermissionActionKind.Request, caller.Account.Person.Email, PermissionMapping.ToGrain(request.Permissions), request.Reason ?? ""));
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : await GetOwn(caller, grains);
    }

    private static async Task<Results<Ok<OrganizationDetails>, ProblemHttpResult>> Get(
        Caller caller, IGrainFactory grains, HttpResponse response, int limit = Limits.MemberPageItems, string? after = null)
    {
        if (limit is < 1 or > Limits.MemberPageItems)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, $"'limit' must be 1 to {Limits.MemberPageItems}."));
        if (after is { Length: 0 or > Limits.EmailLength })
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'after' must be an e-mail address, from the Link header of the page before."));
        if (caller.Account.Organization is not { } organization)
            return Problems.Http(NoOrganization);
        var view = await grains.Organization(organization).View(caller.User);
        if (view.Refusal is { } refusal)
            return Problems.Http(refusal);
        var details = PermissionMapping.ToWire(view.Value!);
        // By address: whoever comes and goes meanwhile, who stays is met once.
        var following = details.Members.Where(member => string.CompareOrdinal(member.Email, after) > 0).Take(limit + 1).ToArray();
        var page = following.Length > limit ? following[..limit] : following;
        if (following.Length > limit)
            response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"<{Routes.Organization}?limit={limit}&after={Uri.EscapeDataString(page[^1].Email)}>; rel=\"next\"");
        return TypedResults.Ok(details with { Requests = after is null ? details.Requests : [], Members = page });
    }

    private static async Task<Results<Ok<PermissionLogPage>, ProblemHttpResult>> ReadLog(Caller caller, IGrainFactory grains, long? before = null, int? take = null)
    {
        if (caller.Account.Organization is not { } organization)
            return Problems.Http(NoOrganization);
        var entries = await grains.Organization(organization).ReadLog(caller.User, before ?? long.MaxValue, take ?? Limits.PermissionLogItems);
        return entries.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Ok(new PermissionLogPage([.. entries.Value!.Select(PermissionMapping.ToWire)], entries.Value is [.., { Number: > 1 and var last }] ? last : null));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Act(Caller caller, IGrainFactory grains, PermissionActionKind kind, string? email, Permission[]? permissions, string? reason)
    {
        var outcome = await ActAsync(caller, grains, new OrganizationAction(kind, email ?? "", PermissionMapping.ToGrain(permissions ?? []), reason ?? ""));
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.NoContent();
    }

    private static async Task<Outcome<Done>> ActAsync(Caller caller, IGrainFactory grains, OrganizationAction action) => caller.Account.Organization is { } organization
        ? await grains.Organization(organization).Act(caller.Account.Person, action)
        : NoOrganization;

    private static Refusal NoOrganization { get; } = new(ProblemCodes.NotPermitted,
        "Your address belongs to no organization of this server. You may join the sessions that you are invited to; to host, sign in with an address of an organization, or ask whoever runs the server to add yours.");
}
