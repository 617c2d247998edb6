using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>Every route and hub against tokens that must not work.</summary>
public sealed class TokenTests(EdgeFixture edge)
{
    private static readonly string SomeSession = SessionId.New().ToString();

    public static TheoryData<string, string> RoutesOfTheEdge => new()
    {
        { "GET", Routes.Me },
        { "GET", Routes.Computers },
        { "GET", Routes.Users + "?email=client@fabrikam.example" },
        { "GET", Routes.Permissions },
        { "POST", Routes.Permissions },
        { "GET", Routes.Organization },
        { "POST", Routes.ApprovePermissions },
        { "POST", Routes.DenyPermissions },
        { "POST", Routes.RevokePermissions },
        { "POST", Routes.AppointAdministrator },
        { "POST", Routes.DismissAdministrator },
        { "POST", Routes.RebindAccount },
        { "GET", Routes.PermissionLog },
        { "GET", Routes.Sessions },
        { "POST", Routes.Sessions },
        { "GET", Routes.Session },
        { "POST", Routes.Invitations },
        { "POST", Routes.Commands },
        { "POST", Routes.Break },
        { "POST", Routes.Close },
        { "POST", Routes.Reopen },
        { "POST", Routes.Terminate },
        { "GET", Routes.Transcript },
        { "GET", Routes.SessionHub },
        { "GET", Routes.AgentHub },
    };

    [Theory]
    [MemberData(nameof(RoutesOfTheEdge))]
    public async Task Route_WhenTheTokenIsBad_IsUnauthorized(string method, string route)
    {
        var good = await edge.HostToken();
        string?[] bad =
        [
            null,
            "not-a-token",
            good[..^4] + "AAAA",
            WithHeader(good, header => header["alg"] = "none") [..^1],
            Unsigned(good),
            SignedWithThePublicKey(good),
            await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna", Audience = "somebody-else" }),
            await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna", LifetimeSeconds = -3600 }),
        ];

        foreach (var token in bad)
        {
            using var answer = await edge.SendAsync(new HttpMethod(method), Routes.For(route, SomeSession), token, method == "POST" ? new { } : null);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Account_WhenTheAddressIsNotVerified_IsRefusedWithTheReason()
    {
        var token = await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Mallory", EmailVerified = false });

        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.Me, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("not verified", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_WhenTheTokenIsInTheQuery_IsAcceptedThereAndNowhereElse()
    {
        var token = await edge.HostToken();
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(edge.Address, $"{Routes.SessionHub}?access_token={token}"), HttpTransportType.WebSockets, options => options.SkipNegotiation = true)
            .AddMessagePackProtocol()
            .Build();

        await connection.StartAsync(TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<HubException>(() => connection.InvokeAsync(nameof(ISessionHub.Break), SomeSession, new BreakRequest("b"), TestContext.Current.CancellationToken));
        using var elsewhere = await edge.SendAsync(HttpMethod.Get, $"{Routes.Me}?access_token={token}", token: null);

        Assert.Contains(ProblemCodes.SessionNotFound, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Health_WhenAskedWithoutToken_Answers()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.Health, token: null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string WithHeader(string token, Action<JsonObject> change)
    {
        var parts = token.Split('.');
        var header = JsonNode.Parse(Decode(parts[0]))!.AsObject();
        change(header);
        return $"{Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{parts[1]}.{parts[2]}";
    }

    private static string Unsigned(string token)
    {
        var parts = WithHeader(token, header => header["alg"] = "none").Split('.');
        return $"{parts[0]}.{parts[1]}.";
    }

    /// <summary>An HMAC whose secret is what everybody can read at the authority: accepted by validators that take any algorithm.</summary>
    private static string SignedWithThePublicKey(string token)
    {
        var parts = WithHeader(token, header => header["alg"] = "HS256").Split('.');
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes("the published key"), Encoding.UTF8.GetBytes($"{parts[0]}.{parts[1]}"));
        return $"{parts[0]}.{parts[1]}.{Encode(signature)}";
    }

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
