using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>Permissions and administrators over HTTP; the host of the sample users administers Contoso, and Fabrikam has nobody.</summary>
public sealed class PermissionApiTests(EdgeFixture edge)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WhenApprovedAndTakenAway_CountsWithTheSameTokenAtOnce()
    {
        var (email, token) = await NewcomerAsync("carl");
        var admin = await edge.HostToken();
        Assert.False((await MeAsync(token)).MayHost);

        var own = await ReadAsync<PermissionsSummary>(await edge.SendAsync(HttpMethod.Post, Routes.Permissions, token, new RequestPermissionsRequest([Permission.Host, Permission.Join], "on call")));
        Assert.Equal(("Contoso", "on call"), (own.Organization, own.Request!.Reason));
        Assert.Equal([Permission.Host, Permission.Join], own.Request.Permissions);
        var organization = await ReadAsync<OrganizationDetails>(await edge.SendAsync(HttpMethod.Get, Routes.Organization, admin));
        Assert.Contains(organization.Requests, request => request.User.Email == email);
        Assert.True((await MeAsync(admin)).WaitingRequests > 0);

        await DoneAsync(Routes.ApprovePermissions, admin, new DecidePermissionsRequest(email, [Permission.Host]));
        Assert.True(await MeAsync(token) is { MayHost: true, MayJoin: false, LastDecision: { Action: PermissionAction.Approved, By.Email: "host@contoso.example" } });

        await DoneAsync(Routes.DenyPermissions, admin, new DecidePermissionsRequest(email, Reason: "later"));
        Assert.True(await MeAsync(token) is { MayHost: true, MayJoin: false, LastDecision: { Action: PermissionAction.Denied, Reason: "later" } });

        await DoneAsync(Routes.RevokePermissions, admin, new DecidePermissionsRequest(email, [Permission.Host]));
        Assert.False((await MeAsync(token)).MayHost);
        var log = await ReadAsync<PermissionLogPage>(await edge.SendAsync(HttpMethod.Get, Routes.PermissionLog, admin));
        Assert.Equal(
            [PermissionAction.TakenAway, PermissionAction.Denied, PermissionAction.Approved, PermissionAction.Requested],
            log.Items.Where(item => item.Whom.Email == email).Select(item => item.Action));
    }

    [Fact]
    public async Task Organization_WhenWalkedInPages_HasEachMemberOnceAndTheRequestsFirst()
    {
        var admin = await edge.HostToken();
        var (asking, token) = await NewcomerAsync("paul");
        using (var asked = await edge.SendAsync(HttpMethod.Post, Routes.Permissions, token, new RequestPermissionsRequest([Permission.Host])))
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        string[] decided = ["page-a@contoso.example", "page-b+x@contoso.example", "page-c@contoso.example", "page-d@contoso.example"];
        foreach (var email in decided)
            await DoneAsync(Routes.AppointAdministrator, admin, new AdministratorRequest(email));

        List<OrganizationDetails> pages = [];
        for (string? next = $"{Routes.Organization}?limit=2"; next is not null;)
        {
            using var answer = await edge.SendAsync(HttpMethod.Get, next, admin);
            pages.Add((await answer.Content.ReadFromJsonAsync<OrganizationDetails>(WireJson.Options, Cancellation))!);
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        var members = pages.SelectMany(page => page.Members).Select(member => member.Email).ToArray();
        Assert.Equal(members.Order(StringComparer.Ordinal).Distinct(), members);
        Assert.Subset(members.ToHashSet(), decided.ToHashSet());
        Assert.All(pages.SkipLast(1), page => Assert.Equal(2, page.Members.Length));
        Assert.Contains(pages[0].Requests, request => request.User.Email == asking);
        Assert.All(pages.Skip(1), page => Assert.Empty(page.Requests));
        foreach (var wrong in (string[])["limit=0", "limit=501", "after="])
        {
            using var refused = await edge.SendAsync(HttpMethod.Get, $"{Routes.Organization}?{wrong}", admin);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        foreach (var email in decided)
            await DoneAsync(Routes.DismissAdministrator, admin, new AdministratorRequest(email));
    }

    [Fact]
    public async Task Administrators_WhenAppointedAndDismissed_MayAndMayNot()
    {
        var (email, token) = await NewcomerAsync("dora");
        var admin = await edge.HostToken();
        await RefusedAsync(Routes.AppointAdministrator, token, new AdministratorRequest(email), HttpStatusCode.Forbidden, ProblemCodes.NotPermitted);

        await DoneAsync(Routes.AppointAdministrator, admin, new AdministratorRequest(email));
        Assert.True((await MeAsync(token)).IsAdministrator);
        using (var seen = await edge.SendAsync(HttpMethod.Get, Routes.Organization, token))
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);

        await DoneAsync(Routes.DismissAdministrator, admin, new AdministratorRequest(email));
        Assert.False((await MeAsync(token)).IsAdministrator);
        await RefusedAsync(Routes.DismissAdministrator, admin, new AdministratorRequest("host@contoso.example"), HttpStatusCode.Conflict, ProblemCodes.WrongState);
    }

    [Fact]
    public async Task Rebind_WhenAnAdministratorAllowsIt_LetsTheOtherIdentityInAndTheFirstOneOut()
    {
        var (email, first) = await NewcomerAsync("emil");
        var second = await edge.Servers.TokenAsync(new { Email = email, Name = "emil", Subject = "another-subject" });
        using (var refused = await edge.SendAsync(HttpMethod.Get, Routes.Me, second))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains($"administrators rebind {email}", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        await DoneAsync(Routes.RebindAccount, await edge.HostToken(), new AdministratorRequest(email, "moved"));

        Assert.Equal(email, (await MeAsync(second)).Email);
        using var old = await edge.SendAsync(HttpMethod.Get, Routes.Me, first);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    [Fact]
    public async Task Request_WhenNobodyCouldDecide_SaysWhy()
    {
        await RefusedAsync(Routes.Permissions, await edge.ClientToken(), new RequestPermissionsRequest([Permission.Host]), HttpStatusCode.Conflict, ProblemCodes.WrongState);
        var stranger = await edge.Servers.TokenAsync(new { Email = "stranger@elsewhere.example", Name = "Stranger" });
        await RefusedAsync(Routes.Permissions, stranger, new RequestPermissionsRequest([Permission.Host]), HttpStatusCode.Forbidden, ProblemCodes.NotPermitted);
    }

    [Theory]
    [InlineData(Routes.Permissions, """{"permissions":[]}""")]
    [InlineData(Routes.Permissions, """{}""")]
    [InlineData(Routes.Permissions, """{"permissions":["root"]}""")]
    [InlineData(Routes.Permissions, """{"permissions":["host"],"reason":"a\u202Eb"}""")]
    [InlineData(Routes.ApprovePermissions, """{}""")]
    [InlineData(Routes.ApprovePermissions, """{"email":"nobody"}""")]
    [InlineData(Routes.RevokePermissions, """{"email":"host@contoso.example"}""")]
    [InlineData(Routes.AppointAdministrator, """{"email":null}""")]
    [InlineData(Routes.PermissionLog + "?take=0", null)]
    [InlineData(Routes.PermissionLog + "?take=101", null)]
    [InlineData(Routes.PermissionLog + "?before=0", null)]
    [InlineData(Routes.PermissionLog + "?before=x", null)]
    public async Task Route_WhenTheInputIsBad_IsABadRequest(string route, string? body)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(edge.Address, route));
        request.Headers.Authorization = new("Bearer", await edge.HostToken());
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await edge.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Decide_WhenThePersonIsOfAnotherOrganization_IsNotFound() =>
        await RefusedAsync(Routes.RevokePermissions, await edge.HostToken(), new DecidePermissionsRequest("client@fabrikam.example", [Permission.Join]), HttpStatusCode.NotFound, ProblemCodes.UserNotFound);

    private async Task<(string Email, string Token)> NewcomerAsync(string name)
    {
        var email = $"{name}@contoso.example";
        var token = await edge.Servers.TokenAsync(new { Email = email, Name = name });
        await MeAsync(token);
        return (email, token);
    }

    private async Task<AccountSummary> MeAsync(string token) => await ReadAsync<AccountSummary>(await edge.SendAsync(HttpMethod.Get, Routes.Me, token));

    private async Task DoneAsync(string route, string token, object body)
    {
        using var answer = await edge.SendAsync(HttpMethod.Post, route, token, body);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task RefusedAsync(string route, string token, object body, HttpStatusCode status, string code)
    {
        using var answer = await edge.SendAsync(HttpMethod.Post, route, token, body);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal((status, code), (answer.StatusCode, problem.RootElement.GetProperty("code").GetString()));
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<T>(WireJson.Options, Cancellation))!;
        }
    }
}
