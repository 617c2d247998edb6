using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>A real server whose budget is lowered below what it holds, and raised again.</summary>
[Collection(FloodedSessionTests.Name)]
public sealed class MemoryBudgetTests(FloodedSession session)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Edge_WhenNearItsBudget_RefusesNewcomersAndServesWhatRuns()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await using var follower = session.Follower();
        await using var updates = follower.Follow(session.Id, await session.EndAsync(limit.Token), durableOnly: true, limit.Token).GetAsyncEnumerator(limit.Token);
        await PrintAsync(follower, updates, "before");
        var settings = Path.Combine(session.Hosted.Servers.Folder, "data", "settings.json");
        var before = await File.ReadAllTextAsync(settings, Cancellation);
        try
        {
            var small = JsonNode.Parse(before)!;
            small["OrleansKd"]!["Edge"] = new JsonObject { ["MemoryBudgetMegabytes"] = 64 };
            await File.WriteAllTextAsync(settings, small.ToJsonString(), Cancellation);
            await HealthBecomesAsync(text => text.Contains("memory: This server is near its memory limit", StringComparison.Ordinal));

            using var transcript = await TranscriptAsync();
            var newcomer = await Assert.ThrowsAsync<WebSocketException>(() => session.ConnectAsync(Cancellation));
            await using var second = follower.Follow(session.Id, 0, durableOnly: true, limit.Token).GetAsyncEnumerator(limit.Token);
            while (await second.MoveNextAsync() && second.Current is not TranscriptUpdate.ConnectionChanged { State: FollowerState.Reconnecting })
            {
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, transcript.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), transcript.Headers.RetryAfter?.Delta);
            Assert.Contains(ProblemCodes.Unavailable, await transcript.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            Assert.Contains("503", newcomer.Message, StringComparison.Ordinal);
            Assert.Contains("near its memory limit", Assert.IsType<TranscriptUpdate.ConnectionChanged>(second.Current).Reason, StringComparison.Ordinal);
            await PrintAsync(follower, updates, "meanwhile");
        }
        finally
        {
            await File.WriteAllTextAsync(settings, before, CancellationToken.None);
        }
        await HealthBecomesAsync(text => text == "Healthy");

        using var again = await TranscriptAsync();
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>Over the connection that the follower has.</summary>
    private async Task PrintAsync(SessionFollower follower, IAsyncEnumerator<TranscriptUpdate> updates, string word)
    {
        await follower.EnterCommandAsync(session.Id, $"echo it says {word}\\n", Cancellation);
        var text = new StringBuilder();
        while (!text.ToString().Contains($"it says {word}\n", StringComparison.Ordinal))
        {
            Assert.True(await updates.MoveNextAsync());
            text.Clear();
            if (updates.Current is TranscriptUpdate.Page { Value: var page })
                text.AppendJoin("", page.Entries.Select(entry => Encoding.UTF8.GetString(entry.Data.Span)));
        }
    }

    private async Task<HttpResponseMessage> TranscriptAsync()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(session.Server, Routes.For(Routes.Transcript, session.Id)));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", session.Token);
        return await http.SendAsync(request, Cancellation);
    }

    private async Task HealthBecomesAsync(Func<string, bool> isWanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var health = await session.Hosted.Servers.HealthAsync(session.Server);
            Assert.True(health.IsHealthy, health.Text);
            if (isWanted(health.Text))
                return;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
