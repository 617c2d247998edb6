using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>What a program does over HTTP alone: repeat what it got no answer to, follow a transcript, walk a list.</summary>
public sealed class ProgramStories
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_WhenRepeatedAtOnceAndAfterTheServerWasKilled_ActOnce()
    {
        await using var program = await ProgramSession.OpenAsync();
        var note = new NoteRequest("look here");
        var host = new HostSessionRequest(Environment.MachineName, "/usr/bin/gdb", "-nx -q", "twice", "");

        var entered = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => program.ReadAsync<EnterCommandResponse>(HttpMethod.Post, Routes.Commands, new EnterCommandRequest("echo once\\n"), "command")));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => program.DoAsync(HttpMethod.Post, Routes.Notes, note, "note")));
        var hosted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => program.ReadAsync<SessionSummary>(HttpMethod.Post, Routes.Sessions, host, "host")));
        await program.Hosted.KillServerAsync();
        var enteredLater = await program.ReadAsync<EnterCommandResponse>(HttpMethod.Post, Routes.Commands, new EnterCommandRequest("echo once\\n"), "command");
        await program.DoAsync(HttpMethod.Post, Routes.Notes, note, "note");
        var hostedLater = await program.ReadAsync<SessionSummary>(HttpMethod.Post, Routes.Sessions, host, "host");

        Assert.Single(entered.Append(enteredLater).Distinct());
        Assert.Single(hosted.Append(hostedLater).Select(session => session.Id).Distinct());
        Assert.Equal(2, (await program.ReadAsync<SessionSummary[]>(HttpMethod.Get, Routes.Sessions)).Length);
        var transcript = await program.TranscriptAsync();
        Assert.Single(transcript, entry => entry.Kind is TranscriptEntryKind.CommandEntered);
        Assert.Single(transcript, entry => entry.Kind is TranscriptEntryKind.NoteAdded);
        using var reused = await program.SendAsync(HttpMethod.Post, Routes.Sessions, host with { Name = "another" }, "host");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, ProblemCodes.IdempotencyKeyReused), (reused.StatusCode, await CodeAsync(reused)));
    }

    [Fact]
    public async Task Follow_WhenTheSessionGoesOnAndIsTerminated_BringsEverythingOnceAndSaysThatItIsComplete()
    {
        await using var program = await ProgramSession.OpenAsync();
        using var follow = await program.FollowAsync();
        await program.DoAsync(HttpMethod.Post, Routes.Commands, new EnterCommandRequest("python [print('line %d' % i) for i in range(2000)]"));
        await follow.UntilAsync(entry => entry.Kind is TranscriptEntryKind.CommandCompleted);
        using var resumed = await program.FollowAsync(after: follow.Entries[^1].Sequence);
        await program.DoAsync(HttpMethod.Post, Routes.Terminate, new TerminateSessionRequest(TargetFate.LeaveStopped));

        await Task.WhenAll(follow.UntilAsync(_ => false), resumed.UntilAsync(_ => false));

        var transcript = await program.TranscriptAsync();
        Assert.Equal(FollowEnd.Complete, follow.End?.Ended);
        Assert.Equal(FollowEnd.Complete, resumed.End?.Ended);
        Assert.Equal(transcript.Select(Text), follow.Entries.Select(Text));
        Assert.Equal(transcript.Select(Text), [.. follow.Entries.Select(Text).Take(transcript.Length - resumed.Entries.Count), .. resumed.Entries.Select(Text)]);
        Assert.Contains("line 1999", string.Concat(follow.Entries.Select(entry => Encoding.UTF8.GetString(entry.Data.Span))), StringComparison.Ordinal);
        // Of a session that has ended long ago it is all there at once.
        using var later = await program.FollowAsync();
        await later.UntilAsync(_ => false);
        Assert.Equal((FollowEnd.Complete, transcript.Length), (later.End?.Ended, later.Entries.Count));
    }

    [Fact]
    public async Task Follow_WhenTheRightToItEnds_EndsWithin5Seconds()
    {
        await using var program = await ProgramSession.OpenAsync();
        using (var me = await program.SendAsync(HttpMethod.Get, Routes.Me, token: program.ClientToken))
            Assert.True(me.IsSuccessStatusCode);
        await program.DoAsync(HttpMethod.Post, Routes.Invitations, new InviteRequest(["client@fabrikam.example"]));
        using var follow = await program.FollowAsync(token: program.ClientToken);
        await follow.UntilAsync(entry => entry.Kind is TranscriptEntryKind.InvitationAccepted);
        var revokedAt = Stopwatch.GetTimestamp();

        await program.DoAsync(HttpMethod.Delete, Routes.Invitation.Replace("{client}", "client@fabrikam.example", StringComparison.Ordinal));
        await follow.UntilAsync(_ => false);

        Assert.Equal(ProblemCodes.SessionNotFound, follow.End?.Ended);
        Assert.InRange(Stopwatch.GetElapsedTime(revokedAt), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(follow.Entries, entry => entry.Kind is TranscriptEntryKind.ClientRevoked);
        using var again = await program.SendAsync(HttpMethod.Get, Routes.TranscriptFollow, token: program.ClientToken);
        Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.SessionNotFound), (again.StatusCode, await CodeAsync(again)));
    }

    [Fact]
    public async Task Follow_WhenTheTokenExpires_EndsAndSaysSo()
    {
        await using var program = await ProgramSession.OpenAsync();
        var token = await program.Hosted.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host", LifetimeSeconds = 3 });
        using var follow = await program.FollowAsync(token: token);

        await follow.UntilAsync(_ => false);

        Assert.Equal(ProblemCodes.NotSignedIn, follow.End?.Ended);
    }

    [Fact]
    public async Task Follow_WhenItsReaderTakesNothing_HoldsUpNobodyAndGoesOnLater()
    {
        await using var program = await ProgramSession.OpenAsync();
        using var slow = await program.FollowAsync();
        using var other = await program.FollowAsync();
        var server = program.Hosted.Server.Run.Id;
        await program.DoAsync(HttpMethod.Post, Routes.Commands, new EnterCommandRequest("python [print('x' * 1000) for i in range(2000)]"));
        await other.UntilAsync(entry => entry.Kind is TranscriptEntryKind.CommandCompleted);
        var before = ResidentBytes(server);

        // 30 MB: far more than the sockets on the way hold.
        await program.DoAsync(HttpMethod.Post, Routes.Commands, new EnterCommandRequest("python [print('y' * 1000) for i in range(30000)]"));
        await other.UntilAsync(entry => entry.Kind is TranscriptEntryKind.CommandCompleted);
        var grown = ResidentBytes(server) - before;
        await slow.UntilAsync(entry => entry.Sequence == other.Entries[^1].Sequence);

        TestContext.Current.TestOutputHelper?.WriteLine($"The server grew by {grown / 1e6:F0} MB.");
        Assert.Equal(other.Entries.Select(Text), slow.Entries.Select(Text));
        Assert.InRange(other.Entries.Sum(entry => entry.Data.Length), 32_000_000, int.MaxValue);
        Assert.InRange(grown, long.MinValue, 150_000_000);
    }

    [Fact]
    public async Task Sessions_WhenWalkedInPages_AreEachMetOnce()
    {
        await using var program = await ProgramSession.OpenAsync();
        for (var i = 0; i < 4; i++)
            await program.ReadAsync<SessionSummary>(HttpMethod.Post, Routes.Sessions, new HostSessionRequest(Environment.MachineName, "/usr/bin/gdb", "-nx -q", $"page {i}", ""));
        List<string> met = [];
        for (string? next = $"{Routes.Sessions}?limit=2"; next is not null;)
        {
            using var answer = await program.SendAsync(HttpMethod.Get, next);
            var page = (await answer.Content.ReadFromJsonAsync<SessionSummary[]>(WireJson.Options, Cancellation))!;
            Assert.InRange(page.Length, 1, 2);
            met.AddRange(page.Select(session => session.Id));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal((await program.ReadAsync<SessionSummary[]>(HttpMethod.Get, Routes.Sessions)).Select(session => session.Id).Order(), met.Order());
        Assert.Equal(5, met.Count);
    }

    private static long ResidentBytes(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static (long, DateTimeOffset, TranscriptEntryKind, string?, string) Text(TranscriptEntry entry) =>
        (entry.Sequence, entry.At, entry.Kind, entry.Text, Convert.ToBase64String(entry.Data.Span));

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("code").GetString();
}
