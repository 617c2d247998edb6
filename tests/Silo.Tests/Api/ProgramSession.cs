using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Storage;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>A server, an agent and a session of a real gdb, used by a program that speaks nothing but HTTP.</summary>
internal sealed class ProgramSession : IAsyncDisposable
{
    private readonly HostedSession hosted;
    private readonly string host;

    private ProgramSession(HostedSession hosted, string host, string client) => (this.hosted, this.host, ClientToken) = (hosted, host, client);

    public string Id => hosted.Id;

    public Uri Address => hosted.Server.Address;

    public HostedSession Hosted => hosted;

    public string HostToken => host;

    public string ClientToken { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ProgramSession> OpenAsync(bool keepStorage = false)
    {
        var hosted = await HostedSession.OpenAsync(keepStorage, environment =>
        {
            foreach (var limit in (string[])["Invites", "Finds", "Commands", "Follows", "Requests"])
                environment[$"OrleansKd__Edge__{limit}PerMinute"] = "1000000";
        });
        var host = await hosted.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });
        var client = await hosted.Servers.TokenAsync(new { Email = "client@fabrikam.example", Name = "Clive Client" });
        return new ProgramSession(hosted, host, client);
    }

    public HttpRequestMessage Request(HttpMethod method, string route, object? body = null, string? key = null, string? token = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, Routes.For(route, Id)));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? host);
        if (key is not null)
            request.Headers.Add(RequestHeaders.IdempotencyKey, key);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: WireJson.Options);
        return request;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, object? body = null, string? key = null, string? token = null)
    {
        using var request = Request(method, route, body, key, token);
        return await Http.SendAsync(request, Cancellation);
    }

    public async Task<T> ReadAsync<T>(HttpMethod method, string route, object? body = null, string? key = null)
    {
        using var answer = await SendAsync(method, route, body, key);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {route}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}");
        return (await answer.Content.ReadFromJsonAsync<T>(WireJson.Options, Cancellation))!;
    }

    public async Task DoAsync(HttpMethod method, string route, object? body = null, string? key = null)
    {
        using var answer = await SendAsync(method, route, body, key);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {route}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    /// <summary>All of the transcript.</summary>
    public async Task<TranscriptEntry[]> TranscriptAsync()
    {
        List<TranscriptEntry> entries = [];
        while (await ReadAsync<TranscriptPage>(HttpMethod.Get, $"{Routes.Transcript}?after={entries.Count}") is { Entries: { Length: > 0 } page })
            entries.AddRange(page);
        return [.. entries];
    }

    /// <summary>Follows the transcript over one answer; a test ends it by disposing.</summary>
    public async Task<FollowedTranscript> FollowAsync(long after = 0, string? token = null)
    {
        using var request = Request(HttpMethod.Get, $"{Routes.TranscriptFollow}?after={after}", token: token);
        var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return new FollowedTranscript(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation)));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await hosted.DisposeAsync();
    }
}

/// <summary>The lines of a followed transcript.</summary>
internal sealed class FollowedTranscript(HttpResponseMessage answer, StreamReader lines) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public List<TranscriptEntry> Entries { get; } = [];

    /// <summary>The last line; null while there is none.</summary>
    public FollowEnd? End { get; private set; }

    /// <summary>Reads until an entry is there or the transcript ends.</summary>
    public async Task UntilAsync(Func<TranscriptEntry, bool> found)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (await lines.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length == 0)
                continue;
            if (line.Contains("\"ended\":", StringComparison.Ordinal) && !line.Contains("\"sequence\":", StringComparison.Ordinal))
            {
                End = JsonSerializer.Deserialize<FollowEnd>(line, WireJson.Options);
                return;
            }
            Entries.Add(JsonSerializer.Deserialize<TranscriptEntry>(line, WireJson.Options)!);
            if (found(Entries[^1]))
                return;
        }
    }

    public void Dispose()
    {
        lines.Dispose();
        answer.Dispose();
    }
}
