using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

public sealed class SessionApiTests(EdgeFixture edge)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Me_WhenSignedIn_SaysWhoAndWhatTheyMay()
    {
        var account = await ReadAsync<AccountSummary>(await edge.SendAsync(HttpMethod.Get, Routes.Me, await edge.HostToken()));

        // Other tests of this edge ask Contoso's administrator for permissions.
        Assert.Equal(new AccountSummary("Hanna Host", "Contoso", "host@contoso.example", MayHost: true, MayJoin: true, IsAdministrator: true), account with { WaitingRequests = 0 });
    }

    [Fact]
    public async Task Me_WhenTheAddressBelongsToNoOrganization_MayJoinButNotHost()
    {
        var token = await edge.Servers.TokenAsync(new { Email = "Eve@Elsewhere.example", Name = "Eve" });

        var account = await ReadAsync<AccountSummary>(await edge.SendAsync(HttpMethod.Get, Routes.Me, token));

        Assert.Equal(new AccountSummary("Eve", null, "eve@elsewhere.example", false, true, false), account);
    }

    /// <summary>One answer for what does not exist, what is no id, and what somebody else hosts.</summary>
    [Theory]
    [InlineData("GET", Routes.Session)]
    [InlineData("GET", Routes.People)]
    [InlineData("POST", Routes.Invitations)]
    [InlineData("DELETE", Routes.Invitation)]
    [InlineData("POST", Routes.Leave)]
    [InlineData("POST", Routes.Commands)]
    [InlineData("POST", Routes.Break)]
    [InlineData("POST", Routes.Close)]
    [InlineData("POST", Routes.Reopen)]
    [InlineData("POST", Routes.Terminate)]
    [InlineData("GET", Routes.Transcript)]
    public async Task Session_WhenThereIsNone_IsNotFound(string method, string route)
    {
        foreach (var id in new[] { SessionId.New().ToString(), "nonsense", "../../me" })
        {
            using var answer = await edge.SendAsync(new HttpMethod(method), Routes.For(route, id), await edge.ClientToken(), method == "POST" ? BodyOf(route) : null);
            Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.SessionNotFound), (answer.StatusCode, await CodeAsync(answer)));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("evil\u202Ename", "invisible")]
    [InlineData("two\nlines", "control")]
    public async Task Host_WhenTheNameIsBad_IsRefusedWithTheReason(string name, string reason)
    {
        using var answer = await edge.SendAsync(HttpMethod.Post, Routes.Sessions, await edge.HostToken(), new HostSessionRequest("lab", "/usr/bin/gdb", "", name, ""));

        Assert.Equal((HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest), (answer.StatusCode, await CodeAsync(answer)));
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WhenTheCallerMayNot_IsForbidden()
    {
        using var answer = await edge.SendAsync(HttpMethod.Post, Routes.Sessions, await edge.ClientToken(), new HostSessionRequest("lab", "/usr/bin/gdb", "", "n", ""));

        Assert.Equal((HttpStatusCode.Forbidden, ProblemCodes.NotPermitted), (answer.StatusCode, await CodeAsync(answer)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"name\":7}")]
    public async Task Host_WhenTheBodyIsNoRequest_IsABadRequest(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.Address, Routes.Sessions)) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", await edge.HostToken());

        using var answer = await edge.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("nobody@fabrikam.example", HttpStatusCode.NotFound, ProblemCodes.UserNotFound)]
    [InlineData("not an address", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    public async Task Find_WhenNobodyCanBeInvited_SaysWhatToDo(string email, HttpStatusCode status, string code)
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, $"{Routes.Users}?email={Uri.EscapeDataString(email)}", await edge.HostToken());

        Assert.Equal((status, code), (answer.StatusCode, await CodeAsync(answer)));
    }

    [Fact]
    public async Task Find_WhenTheCallerMayNotHost_IsForbidden()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, $"{Routes.Users}?email=host@contoso.example", await edge.ClientToken());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Find_WhenAskedTooOften_IsRefusedForThatUserAloneAndSaysWhenToTryAgain()
    {
        var token = await edge.Servers.TokenAsync(new { Email = "prober@elsewhere.example", Name = "Prober" });
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 60 && refused is null; i++)
        {
            var answer = await edge.SendAsync(HttpMethod.Get, $"{Routes.Users}?email=somebody{i}@contoso.example", token);
            refused = answer.StatusCode is HttpStatusCode.TooManyRequests ? answer : null;
        }

        Assert.NotNull(refused);
        Assert.Equal(ProblemCodes.TooManyRequests, await CodeAsync(refused));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        refused.Dispose();
        using var other = await edge.SendAsync(HttpMethod.Get, $"{Routes.Users}?email=client@fabrikam.example", await edge.HostToken());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    private static object? BodyOf(string route) => route switch
    {
        Routes.Invitations => new InviteRequest(["host@contoso.example"]),
        Routes.Commands => new EnterCommandRequest("bt"),
        Routes.Break => new BreakRequest("1"),
        Routes.Terminate => new TerminateSessionRequest(TargetFate.LetRun),
        _ => null,
    };

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<T>(WireJson.Options, Cancellation))!;
        }
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("code").GetString();
}
