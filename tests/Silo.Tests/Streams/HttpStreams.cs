using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>Streams over HTTP: one answer without an end, and polls that wait.</summary>
internal static class HttpStreams
{
    public static WatchedStream Ndjson(EdgeFixture edge, string token, string session) => new("ndjson", async (stream, stop) =>
    {
        using var request = Request(edge, Routes.For(Routes.TranscriptFollow, session), token);
        using var answer = await edge.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (!answer.IsSuccessStatusCode)
            return await CodeAsync(answer, stop);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            if (line.Length == 0)
                continue;
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("ended", out var end))
                return end.GetString()!;
            stream.Took([JsonSerializer.Deserialize<TranscriptEntry>(line, WireJson.Options)!]);
        }
        return WatchedStream.Closed;
    });

    public static WatchedStream Poll(EdgeFixture edge, string token, string session) => new("poll", async (stream, stop) =>
    {
        for (var after = 0L; ;)
        {
            using var request = Request(edge, $"{Routes.For(Routes.Transcript, session)}?after={after}&wait=30", token);
            using var answer = await edge.Http.SendAsync(request, stop);
            if (!answer.IsSuccessStatusCode)
                return await CodeAsync(answer, stop);
            var page = (await answer.Content.ReadFromJsonAsync<TranscriptPage>(WireJson.Options, stop))!;
            stream.Took(page.Entries);
            after += page.Entries.Length;
        }
    });

    /// <summary>A user's feed. What it says of the session after it has gone from the list fails the test.</summary>
    public static WatchedStream Feed(EdgeFixture edge, string token, string session) => new("feed", async (stream, stop) =>
    {
        var hasGone = false;
        for (var after = ""; ;)
        {
            using var request = Request(edge, $"{Routes.Feed}?after={after}&wait=20", token);
            using var answer = await edge.Http.SendAsync(request, stop);
            if (!answer.IsSuccessStatusCode)
                return await CodeAsync(answer, stop);
            var page = (await answer.Content.ReadFromJsonAsync<FeedPage>(WireJson.Options, stop))!;
            after = page.Next;
            foreach (var line in page.Sessions.Where(line => line.Id == session))
            {
                Assert.False(hasGone, $"The feed told of the session after it had gone from the list: {line.State}.");
                // In words of a transcript, so that all streams can be looked at alike.
                stream.Took([new TranscriptEntry { Sequence = 0, At = line.LastActivityAt, Kind = line.State is SessionState.Closed ? TranscriptEntryKind.SessionClosed : TranscriptEntryKind.SessionCreated }]);
            }
            hasGone |= page.Removed.Contains(session);
            if (hasGone)
                stream.End(WatchedStream.Removed);
        }
    });

    private static HttpRequestMessage Request(EdgeFixture edge, string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public static async Task<string> CodeAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(stop));
        return problem.RootElement.GetProperty("code").GetString()!;
    }
}
