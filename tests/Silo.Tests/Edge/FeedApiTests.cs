using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>The feed over HTTP, of somebody who has no sessions.</summary>
public sealed class FeedApiTests(EdgeFixture edge)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Feed_WhenNothingHasChanged_WaitsAndIsEmpty()
    {
        var token = await edge.Servers.TokenAsync(new { Email = "quiet@elsewhere.example", Name = "Quiet" });
        var first = await ReadAsync(Routes.Feed, token);
        var watch = Stopwatch.StartNew();
        var second = await ReadAsync($"{Routes.Feed}?after={first.Next}&wait=1", token);

        Assert.Equal((true, "quiet@elsewhere.example", false), (first.IsBeginning, first.Account?.Email, first.HasMore));
        Assert.Empty(first.Sessions);
        Assert.Equal((first.Next, false, null), (second.Next, second.IsBeginning, second.Account));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    /// <summary>A cursor of another deployment, or from before tables were restored: the reader is told to begin anew.</summary>
    [Fact]
    public async Task Feed_WhenTheCursorIsAheadOfIt_BeginsAnew()
    {
        var token = await edge.Servers.TokenAsync(new { Email = "ahead@elsewhere.example", Name = "Ahead" });

        Assert.True((await ReadAsync($"{Routes.Feed}?after=999999", token)).IsBeginning);
    }

    [Theory]
    [InlineData("after=nonsense")]
    [InlineData("after=-1")]
    [InlineData("after=1.2.3")]
    [InlineData("after=1e3")]
    [InlineData("after=99999999999999999999")]
    [InlineData("after=0000000000000000000000000000000000000000000000001")]
    [InlineData("wait=-1")]
    [InlineData("wait=NaN")]
    [InlineData("wait=long")]
    public async Task Feed_WhenAParameterIsBad_IsRefused(string query)
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, $"{Routes.Feed}?{query}", await edge.ClientToken());

        Assert.Equal((HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest),
            (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("code").GetString()));
    }

    private async Task<FeedPage> ReadAsync(string path, string token)
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, path, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<FeedPage>(WireJson.Options, Cancellation))!;
    }
}
