using System.Net;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>Where a token may stand, and what an account needs besides it.</summary>
public sealed class TokenTests(EdgeFixture edge)
{
    private static readonly string SomeSession = SessionId.New().ToString();

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
    public async Task Hub_WhenAnArgumentIsNotWhole_NamesWhatIsMissing()
    {
        var token = await edge.HostToken();
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(edge.Address, $"{Routes.AgentHub}?access_token={token}"), HttpTransportType.WebSockets, options => options.SkipNegotiation = true)
            .AddMessagePackProtocol()
            .Build();
        await connection.StartAsync(TestContext.Current.CancellationToken);

        var noDebuggers = new AgentRegistration("lab", "a1", null!);
        var registration = await Assert.ThrowsAsync<HubException>(async () =>
            await connection.StreamAsync<AgentRequest>(nameof(IAgentHub.Register), noDebuggers, TestContext.Current.CancellationToken).FirstAsync(TestContext.Current.CancellationToken));
        var answer = await Assert.ThrowsAsync<HubException>(() => connection.InvokeAsync(nameof(IAgentHub.Answer), (object?)null, TestContext.Current.CancellationToken));

        Assert.Contains("'registration.debuggers' is missing", registration.Message, StringComparison.Ordinal);
        Assert.Contains("'answer' is missing", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WhenAskedWithoutToken_Answers()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.Health, token: null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
