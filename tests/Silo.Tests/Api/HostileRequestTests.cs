using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>
/// Whatever a program sends, it is answered with problem details whose code the OpenAPI document names for that operation, never with a fault;
/// and an honest session beside it goes on.
/// </summary>
public sealed class HostileRequestTests
{
    private const int Sequences = 500;
    private const int LongestSequence = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_WhenRequestsAreHostile_RefuseWithAListedCodeAndHarmNothing()
    {
        await using var program = await ProgramSession.OpenAsync();
        using (var me = await program.SendAsync(HttpMethod.Get, Routes.Me, token: program.ClientToken))
            Assert.True(me.IsSuccessStatusCode);
        await program.DoAsync(HttpMethod.Post, Routes.Invitations, new InviteRequest(["client@fabrikam.example"]));
        var document = JsonNode.Parse(await program.Http.GetStringAsync(new Uri(program.Address, Routes.OpenApi), Cancellation))!.AsObject();
        var hostile = new HostileRequests(document, program.Id);
        var stranger = await program.Hosted.Servers.TokenAsync(new { Email = "mallory@elsewhere.example", Name = "Mallory" });
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<(string, int), int>();

        // Repeated and reordered: each sequence is sent at once, and again.
        await hostile.Any.Array[1, LongestSequence].SampleAsync(async requests =>
        {
            foreach (var sending in new[] { requests, [.. requests.Reverse()] })
            {
                var problems = await Task.WhenAll(sending.Select(SendAsync));
                Assert.True(problems.All(problem => problem is null), string.Join('\n', problems.OfType<string>()));
            }
        }, iter: Sequences, threads: 1, writeLine: line => TestContext.Current.TestOutputHelper?.WriteLine(line));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', statuses.GroupBy(item => item.Key.Item1).OrderBy(item => item.Key).Select(item => $"{item.Key}: {string.Join(' ', item.OrderBy(one => one.Key.Item2).Select(one => $"{one.Key.Item2}×{one.Value}"))}")));
        await HonestSessionWorksAsync(program);

        async Task<string?> SendAsync(HostileRequest hostileRequest)
        {
            using var request = new HttpRequestMessage(new HttpMethod(hostileRequest.Method), new Uri(program.Address, hostileRequest.Target));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", hostileRequest.AsStranger ? stranger : program.HostToken);
            if (hostileRequest.Key is { } key)
                request.Headers.TryAddWithoutValidation(RequestHeaders.IdempotencyKey, key);
            if (hostileRequest.Body is { } body)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", hostileRequest.ContentType);
            }
            using var answer = await program.Http.SendAsync(request, Cancellation);
            statuses.AddOrUpdate((hostileRequest.Operation, (int)answer.StatusCode), 1, (_, count) => count + 1);
            return await ProblemWithAsync(document, hostileRequest, answer) is { } problem ? $"{hostileRequest}\n  {(int)answer.StatusCode} {problem}" : null;
        }
    }

    /// <summary>Null: the answer is as promised.</summary>
    private static async Task<string?> ProblemWithAsync(JsonObject document, HostileRequest request, HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode)
            return null;
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        if ((int)answer.StatusCode >= 500 && answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            return $"is a fault: {text}";
        if (request.Method == "HEAD")
            return null;
        // Not HTTP, or a line longer than 8 KB: the server closes before anything of ours sees it.
        if (text.Length == 0 && answer.Headers.ConnectionClose == true && answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestUriTooLong)
            return null;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"is no problem details: {answer.Content.Headers.ContentType} {text}";
        var code = JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!;
        if (!ProblemCodes.All.Contains(code))
            return $"has a code that nobody lists: {text}";
        if (text.Any(c => c is '\u202E' or '\u200B'))
            return $"shows invisible characters: {text}";
        // Another method, or an id that makes another address of it, is another operation.
        if (code is ProblemCodes.RouteNotFound or ProblemCodes.MethodNotAllowed or ProblemCodes.UnsupportedMediaType || !IsItsOwnMethod(document, request))
            return null;
        var operation = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(method => method.Value!).First(item => (string?)item["operationId"] == request.Operation);
        return operation["responses"]![$"{(int)answer.StatusCode}"] is { } listed && ((string)listed["description"]!).Split(", ").Contains(code)
            ? null
            : $"has a code that the document does not name for {request.Operation}: {text}";
    }

    private static bool IsItsOwnMethod(JsonObject document, HostileRequest request) => document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject())
        .Any(method => (string?)method.Value!["operationId"] == request.Operation && string.Equals(method.Key, request.Method, StringComparison.OrdinalIgnoreCase));

    private static async Task HonestSessionWorksAsync(ProgramSession program)
    {
        var details = await program.ReadAsync<SessionDetails>(HttpMethod.Get, Routes.Session);
        Assert.Equal(("outage", SessionState.Active), (details.Summary.Name, details.Summary.State));
        // Hostile commands may have left gdb in the middle of one.
        await program.DoAsync(HttpMethod.Post, Routes.Break, new BreakRequest(Guid.NewGuid().ToString("N")));
        var transcript = await program.TranscriptAsync();
        Assert.Equal(Enumerable.Range(1, transcript.Length).Select(i => (long)i), transcript.Select(entry => entry.Sequence));
        using var follow = await program.FollowAsync(after: transcript.Length);
        await program.DoAsync(HttpMethod.Patch, Routes.Session, new ChangeSessionRequest(!details.ClientsMayReopen));
        await follow.UntilAsync(entry => entry.Kind is TranscriptEntryKind.SessionChanged);
        Assert.Equal(!details.ClientsMayReopen, follow.Entries[^1].ClientsMayReopen);
    }
}
