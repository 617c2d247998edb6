using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>What no endpoint can read is refused as everything else is: problem details with a code of the list.</summary>
public sealed class ProblemTests(EdgeFixture edge)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"text":"bt","txet":"x"}""", "txet")]
    [InlineData("""{"text":"bt","text":"x"}""", "text")]
    [InlineData("""{"text":7}""", "$.text")]
    [InlineData("""{"text":"\ud800"}""", "$.text")]
    [InlineData("""{"text":"bt" """, "line 1")]
    [InlineData("""[]""", "$")]
    [InlineData("null", "request")]
    [InlineData("", "body")]
    public async Task Body_WhenItIsNoRequest_IsRefusedWithThePart(string body, string part)
    {
        var (status, code, detail) = await SendAsync(HttpMethod.Post, Routes.For(Routes.Commands, SessionId.New().ToString()), new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal((HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest), (status, code));
        Assert.Contains(part, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("OrleansKd.Contracts", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json; charset=klingon", null)]
    [InlineData("application/json", "gzip")]
    [InlineData(null, null)]
    public async Task Body_WhenItIsNotJsonInUtf8_IsUnsupported(string? type, string? encoding)
    {
        var content = new ByteArrayContent("""{"text":"bt"}"""u8.ToArray());
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);

        var (status, code, _) = await SendAsync(HttpMethod.Post, Routes.For(Routes.Commands, SessionId.New().ToString()), content);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, ProblemCodes.UnsupportedMediaType), (status, code));
    }

    [Theory]
    [InlineData(Routes.Sessions, 300_000, false, true)]
    [InlineData(Routes.Sessions, 300_000, true, true)]
    [InlineData(Routes.Sessions, 3_000_000, false, false)]
    [InlineData("/api/nothing", 300_000, false, true)]
    public async Task Body_WhenItIsTooLong_IsRefusedAndTheConnectionSaysThatItEnds(string path, int characters, bool chunked, bool signedIn)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.Address, path))
        {
            Content = new StringContent($$"""{"name":"{{new string('x', characters)}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;
        if (signedIn)
            request.Headers.Authorization = new("Bearer", await edge.HostToken());
        using var answer = await edge.Http.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, ProblemCodes.BodyTooLarge), (answer.StatusCode, (await ProblemOf(answer)).Code));
        Assert.True(answer.Headers.ConnectionClose);
    }

    [Theory]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound, ProblemCodes.RouteNotFound)]
    [InlineData("GET", "/", HttpStatusCode.NotFound, ProblemCodes.RouteNotFound)]
    [InlineData("DELETE", Routes.Sessions, HttpStatusCode.MethodNotAllowed, ProblemCodes.MethodNotAllowed)]
    [InlineData("GET", Routes.Sessions + "?limit=x", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    [InlineData("GET", Routes.Sessions + "?limit=0", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    [InlineData("GET", Routes.Sessions + "?limit=501", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    [InlineData("GET", Routes.Sessions + "?after=../x", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    public async Task Address_WhenItIsWrong_SaysSo(string method, string path, HttpStatusCode status, string code)
    {
        var answer = await SendAsync(new HttpMethod(method), path, content: null);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Request_WhenItHasNoToken_IsRefusedAsAllOthersAre()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.Me, token: null);

        Assert.Equal((HttpStatusCode.Unauthorized, ProblemCodes.NotSignedIn), (answer.StatusCode, (await ProblemOf(answer)).Code));
    }

    private async Task<(HttpStatusCode Status, string Code, string Detail)> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(edge.Address, path)) { Content = content };
        request.Headers.Authorization = new("Bearer", await edge.HostToken());
        // Whatever somebody accepts, a refusal is this.
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await edge.Http.SendAsync(request, Cancellation);
        var (code, detail) = await ProblemOf(answer);
        return (answer.StatusCode, code, detail);
    }

    private static async Task<(string Code, string Detail)> ProblemOf(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
        var code = problem.GetProperty("code").GetString()!;
        Assert.Contains(code, ProblemCodes.All);
        return (code, problem.GetProperty("detail").GetString()!);
    }
}
