using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>Every operation of the API and every hub method against tokens that must not work.</summary>
public sealed class BadTokenTests(EdgeFixture edge)
{
    private static readonly string Session = SessionId.New().ToString();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_WhenTheTokenIsBad_AreAllTheSameRefusal()
    {
        var document = JsonNode.Parse(await edge.Http.GetStringAsync(new Uri(edge.Address, Routes.OpenApi), Cancellation))!;
        List<string> wrong = [];
        foreach (var (name, token) in await BadTokens.MakeAsync(edge))
        {
            foreach (var (path, method) in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => (path.Key, method.Key.ToUpperInvariant()))))
            {
                using var answer = await edge.SendAsync(new HttpMethod(method), Routes.For(path, Session), token, method is "POST" or "PUT" or "PATCH" ? new { } : null);
                var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
                if ((answer.StatusCode, (string?)problem["code"]) != (HttpStatusCode.Unauthorized, ProblemCodes.NotSignedIn))
                    wrong.Add($"{method} {path} with {name}: {(int)answer.StatusCode} {problem}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Hubs_WhenTheTokenIsBad_LetNobodyInOrDoNothing()
    {
        foreach (var (name, token) in await BadTokens.MakeAsync(edge))
        {
            foreach (var hub in (string[])[Routes.SessionHub, Routes.AgentHub])
            {
                var refusal = await Record.ExceptionAsync(() => EnterAsync(hub, token));
                Assert.True(refusal switch
                {
                    // An authority has signed it: whose account it is shows at the first call.
                    HubException called => name.StartsWith("same address", StringComparison.Ordinal) && called.Message.Contains(ProblemCodes.NotSignedIn, StringComparison.Ordinal),
                    System.Net.WebSockets.WebSocketException closed => closed.Message.Contains("401", StringComparison.Ordinal),
                    HttpRequestException { StatusCode: HttpStatusCode.Unauthorized } => true,
                    _ => false,
                }, $"{hub} with {name}: {refusal?.ToString() ?? "answered"}");
            }
        }
    }

    private async Task EnterAsync(string hub, string? token)
    {
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(edge.Address, hub), HttpTransportType.WebSockets, options =>
            {
                options.SkipNegotiation = true;
                options.AccessTokenProvider = () => Task.FromResult(token);
            })
            .AddMessagePackProtocol()
            .Build();
        await connection.StartAsync(Cancellation);
        if (hub == Routes.SessionHub)
            await connection.InvokeAsync<EnterCommandResponse>(nameof(ISessionHub.EnterCommand), Session, new EnterCommandRequest("bt"), Cancellation);
        else
            await connection.InvokeAsync<string[]>(nameof(IAgentHub.FindTerminated), (string[])[Session], Cancellation);
    }
}
