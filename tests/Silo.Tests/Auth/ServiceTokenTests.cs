using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>Service tokens at a real edge: their text, and that what goes on under one ends with it.</summary>
public sealed class ServiceTokenTests
{
    /// <summary>Five seconds for a token that ends (rule I6), and a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ann@contoso.example")]
    [InlineData("Zoë O'Neil+test@contoso.example")]
    public void Text_OfAToken_NamesItsUserAndId_AndReadsBack(string email)
    {
        var user = UserId.FromEmail(email);
        var (text, proof) = ServiceToken.New(user);

        Assert.True(ServiceToken.TryParse(text, out var read));
        Assert.Equal((user, proof), (read.User, read.Proof));
        Assert.Equal(proof.TokenId, text.Split('.')[1]);
        Assert.DoesNotContain(proof.Hash, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(text.Split('.')[2], $"{read}{proof}{ServiceToken.Of(read.ToPrincipal())}", StringComparison.Ordinal);
        Assert.NotEqual(text, ServiceToken.New(user).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("okd_")]
    [InlineData("okd_..")]
    [InlineData("okd_YQ.0123456789abcdef.")]
    [InlineData("okd_YQ.0123456789abcdef.AAAA")]
    [InlineData("okd_YQ.0123.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("okd_.0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("okd_*.0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    // A slash, which no user's id has.
    [InlineData("okd_YS9i.0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("xokd_YQ.0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("okd_YQ.0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.x")]
    public void Text_ThatIsNoToken_IsNotRead(string text) => Assert.False(ServiceToken.TryParse(text, out _));

    /// <summary>All that can go on under a token, cut within seconds of its end; under another one of the same user it goes on.</summary>
    [Fact]
    public async Task Streams_WhenTheirTokenIsRevoked_End_AndOthersGoOn()
    {
        await using var stage = await MatrixStage.OpenAsync();
        var (revoked, id) = await MakeAsync(stage, "revoked");
        var (kept, _) = await MakeAsync(stage, "kept");
        await using var session = await stage.ConnectAsync(Routes.SessionHub, revoked);
        await using var agent = await stage.ConnectAsync(Routes.AgentHub, revoked);
        await using var other = await stage.ConnectAsync(Routes.SessionHub, kept);
        var following = ReadAsync(session, stage.Session);
        var registered = ReadRequestsAsync(agent);
        var goingOn = ReadAsync(other, stage.Session, until: "after the end");
        using var lines = await FollowAsync(stage, revoked);
        using var reader = new StreamReader(await lines.Content.ReadAsStreamAsync(Cancellation));
        Assert.NotNull(await reader.ReadLineAsync(Cancellation));
        var polling = PollAsync(stage, revoked, $"{Routes.For(Routes.Transcript, stage.Session)}?after=1000000&wait=30");
        var waiting = PollAsync(stage, revoked, $"{Routes.Feed}?wait=20");

        using (var answer = await stage.SendAsync("DELETE", Routes.ForToken(id), stage.TokenOf(MatrixCaller.Host)))
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);

        // Nobody hears from these any more.
        Assert.IsNotType<TimeoutException>(await Record.ExceptionAsync(() => following.WaitAsync(Limit, Cancellation)));
        Assert.IsNotType<TimeoutException>(await Record.ExceptionAsync(() => registered.WaitAsync(Limit, Cancellation)));
        Assert.True(await IsCutAsync(reader).WaitAsync(Limit, Cancellation));
        await polling.WaitAsync(Limit, Cancellation);
        await waiting.WaitAsync(Limit, Cancellation);
        Assert.Equal(HubConnectionState.Disconnected, session.State);
        var (status, code, _) = await stage.AskAsync("GET", Routes.Me, revoked);
        Assert.Equal((401, ProblemCodes.NotSignedIn), (status, code));

        using (var note = await stage.SendAsync("POST", Routes.For(Routes.Notes, stage.Session), kept, new NoteRequest("after the end")))
            Assert.Equal(HttpStatusCode.NoContent, note.StatusCode);
        await goingOn.WaitAsync(Limit, Cancellation);
        Assert.DoesNotContain("after the end", string.Concat((await following).Select(entry => entry.Text)), StringComparison.Ordinal);
    }

    /// <summary>It looks on, is not in the list of those who are there, and moves nobody's window.</summary>
    [Fact]
    public async Task Follow_WithATokenThatOnlyReads_IsNobodysPresence()
    {
        await using var stage = await MatrixStage.OpenAsync();
        await using var connection = await stage.ConnectAsync(Routes.SessionHub, stage.TokenOf(MatrixCaller.ReadToken));

        await foreach (var _ in connection.StreamAsyncCore<TranscriptPage>(
            nameof(ISessionHub.Follow), [new FollowRequest(stage.Session, 0, 0, true, new ViewerPlace("place", "somewhere"), Joins: true), Nothing()], Cancellation))
            break;

        using var answer = await stage.SendAsync("GET", Routes.For(Routes.People, stage.Session), stage.TokenOf(MatrixCaller.Host));
        var people = await answer.Content.ReadFromJsonAsync<SessionPerson[]>(WireJson.Options, Cancellation);
        Assert.All(people!, person => Assert.False(person.IsPresent));
        Assert.DoesNotContain("personJoined", await stage.TranscriptAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<(string Token, string Id)> MakeAsync(MatrixStage stage, string name)
    {
        using var answer = await stage.SendAsync("POST", Routes.Tokens, stage.TokenOf(MatrixCaller.Host), new MakeTokenRequest(name, TokenRight.Host));
        var made = (await answer.Content.ReadFromJsonAsync<MadeToken>(WireJson.Options, Cancellation))!;
        return (made.Token, made.Summary.Id);
    }

    /// <summary>One long poll after the other, until one is refused or cut.</summary>
    private static async Task PollAsync(MatrixStage stage, string token, string path)
    {
        for (var cursor = ""; ;)
        {
            try
            {
                using var answer = await stage.SendAsync("GET", path + cursor, token);
                if (answer.StatusCode is HttpStatusCode.Unauthorized)
                    return;
                Assert.True(answer.IsSuccessStatusCode);
                if (path.StartsWith(Routes.Feed, StringComparison.Ordinal))
                    cursor = $"&after={(await answer.Content.ReadFromJsonAsync<FeedPage>(WireJson.Options, Cancellation))!.Next}";
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static Task<HttpResponseMessage> FollowAsync(MatrixStage stage, string token) => stage.SendAsync("GET", Routes.For(Routes.TranscriptFollow, stage.Session), token);

    /// <summary>What came until the stream ended.</summary>
    private static async Task<List<TranscriptEntry>> ReadAsync(HubConnection connection, string session, string? until = null)
    {
        List<TranscriptEntry> read = [];
        try
        {
            await foreach (var page in connection.StreamAsyncCore<TranscriptPage>(nameof(ISessionHub.Follow), [new FollowRequest(session, 0, 0, true), Nothing()], Cancellation))
            {
                read.AddRange(page.Entries);
                if (until is not null && page.Entries.Any(entry => entry.Text?.Contains(until, StringComparison.Ordinal) == true))
                    break;
            }
        }
        catch (Exception cut) when (cut is HubException or OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException)
        {
            // As good an end as any.
        }
        return read;
    }

    private static async Task ReadRequestsAsync(HubConnection connection)
    {
        await foreach (var request in connection.StreamAsync<AgentRequest>(nameof(IAgentHub.Register), new AgentRegistration("a-computer", "instance", []), Cancellation))
            Assert.Fail($"asked to start {request.Debugger}");
    }

    private static async Task<bool> IsCutAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync(Cancellation) is { } line)
                Assert.DoesNotContain("after the end", line, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
        return true;
    }

    private static async IAsyncEnumerable<long> Nothing()
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, Cancellation);
        yield break;
    }
}
