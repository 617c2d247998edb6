using System.Net;
using System.Net.Http.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Api;

public sealed class SessionsClientTests
{
    [Fact]
    public async Task GetSessions_WhenThereAreSeveralPages_ReadsAllInTheOrderInWhichTheyWereMade()
    {
        using var transport = new Pages();
        using var client = new SessionsClient(new Uri("https://edge.example"), new SomeToken(), transport, TimeProvider.System);

        var sessions = await client.GetSessionsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["first", "second", "third"], sessions.Select(session => session.Name));
        Assert.Equal(["/api/sessions", "/api/sessions?limit=2&after=b"], transport.Asked);
    }

    [Theory]
    [InlineData("""{"epoch":1,"after":0,"entries":null,"durableThrough":1}""")]
    [InlineData("""{"epoch":1,"after":0,"durableThrough":1}""")]
    [InlineData("""{"epoch":1,"after":0,"entries":[null],"durableThrough":1}""")]
    public async Task GetTranscript_WhenThePageHasNoEntries_SaysThatItIsNotThisServer(string page)
    {
        using var transport = new Answer(page);
        using var client = new SessionsClient(new Uri("https://edge.example"), new SomeToken(), transport, TimeProvider.System);

        await Assert.ThrowsAsync<ProblemException>(() => client.GetTranscriptAsync("aaaa", 0, TimeSpan.Zero, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ProblemException>(() => client.GetTranscriptBeforeAsync("aaaa", 10, TestContext.Current.CancellationToken));
    }

    private sealed class Answer(string json) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });
    }

    private sealed class Pages : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.PathAndQuery);
            var isLast = request.RequestUri.Query.Length > 0;
            var answer = new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = JsonContent.Create(isLast ? [Session("c", "second", 2)] : new[] { Session("a", "first", 1), Session("b", "third", 3) }, options: WireJson.Options),
            };
            if (!isLast)
                answer.Headers.Add("Link", "</api/sessions?limit=2&after=b>; rel=\"next\"");
            return Task.FromResult(answer);
        }

        private static SessionSummary Session(string id, string name, int at) => new(
            id, name, "", SessionState.Active, DebuggerState.Ready, new UserSummary("Hanna", "Contoso", "host@contoso.example"), true, 0,
            DateTimeOffset.UnixEpoch.AddHours(at), DateTimeOffset.UnixEpoch.AddHours(at), null, null);
    }

    private sealed class SomeToken : IAccessTokens
    {
        public Task<string> GetAccessTokenAsync(CancellationToken cancellationToken) => Task.FromResult("token");

        public void Forget(string accessToken)
        {
            // The only one.
        }
    }
}
