using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Mail;
using OrleansKd.Silo.Tests.Storage;
using OrleansKd.Testing.MailServer;

namespace OrleansKd.Silo.Tests.Sessions;

/// <summary>Rules C2, C4 and C5 on a real server process with a real mail server beside it.</summary>
public sealed class InvitationStory
{
    private const int Crowd = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invitations_WhenManyRaceMailIsRefusedAndTheServerIsKilled_AreTenAndToldOnce()
    {
        await using var mail = await MailServerProcess.StartAsync(Cancellation);
        await using var hosted = await HostedSession.OpenAsync(keepStorage: false, environment => Configure(environment, mail));
        foreach (var email in (string[])[.. Enumerable.Range(1, Crowd).Select(i => $"client{i}@fabrikam.example"), "slow@fabrikam.example", "unknown@fabrikam.example"])
            await SignInAsync(hosted, email);

        await ThousandRequestsEndAtTenAsync(hosted);
        await RevokedClientsMakeRoomAsync(hosted);

        // The mail server has the mail to slow@; the server dies before it can know.
        (await hosted.RunAsync("sessions", "invite", hosted.Id, "slow@fabrikam.example", "unknown@fabrikam.example")).Succeeded();
        await mail.UntilAsync(() => mail.Mails.Any(item => item.To == "slow@fabrikam.example"), "the mail to slow@", Cancellation);
        await PeopleAreAsync(hosted, people => Status(people, "unknown@fabrikam.example") is InvitationMail.NotDelivered);
        await hosted.KillServerAsync();
        var people = await PeopleAreAsync(hosted, people => Status(people, "slow@fabrikam.example") is InvitationMail.Sent && Status(people, "unknown@fabrikam.example") is InvitationMail.NotDelivered);

        Assert.Equal(SessionRole.Host, people[0].Role);
        Assert.Contains("mail not delivered", (await hosted.RunAsync("sessions", "people", hosted.Id)).Succeeded().Out, StringComparison.Ordinal);
        var toSlow = mail.Mails.Where(item => item.To == "slow@fabrikam.example").Select(MailSilo.Read).ToArray();
        Assert.Equal(2, toSlow.Length);
        Assert.Equal(toSlow[0].MessageId, toSlow[1].MessageId);
        Assert.Equal(1, mail.Attempts("unknown@fabrikam.example"));
        // One for each request of the host that invited somebody.
        await mail.UntilAsync(() => mail.Mails.Where(item => item.To == "host@contoso.example").Select(item => MailSilo.Read(item).MessageId).Distinct().Count() == 11, "the host's mails", Cancellation);
    }

    private static async Task ThousandRequestsEndAtTenAsync(HostedSession hosted)
    {
        using var http = await HostAsync(hosted);
        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(async i =>
        {
            using var answer = await http.PostAsJsonAsync(Routes.For(Routes.Invitations, hosted.Id), new InviteRequest([$"client{i % Crowd + 1}@fabrikam.example"]), WireJson.Options, Cancellation);
            return answer.StatusCode;
        }));
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 requests in {watch.ElapsedMilliseconds} ms");

        // Whoever is invited already is no news: such a request succeeds, too.
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.NoContent or HttpStatusCode.Conflict, status.ToString()));
        Assert.Equal(10, (await PeopleAsync(http, hosted.Id)).Count(person => person.Role is SessionRole.Client));
    }

    private static async Task RevokedClientsMakeRoomAsync(HostedSession hosted)
    {
        using var http = await HostAsync(hosted);
        foreach (var client in (await PeopleAsync(http, hosted.Id)).Where(person => person.Role is SessionRole.Client).Take(2))
        {
            using var answer = await http.DeleteAsync(Routes.ForInvitation(hosted.Id, client.Email), Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            using var theirs = await ClientAsync(hosted, client.Email);
            Assert.Empty((await theirs.GetFromJsonAsync<SessionSummary[]>(Routes.Sessions, WireJson.Options, Cancellation))!);
            using var seen = await theirs.GetAsync(Routes.For(Routes.Session, hosted.Id), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, seen.StatusCode);
        }
        using var again = await http.DeleteAsync(Routes.ForInvitation(hosted.Id, "nobody@fabrikam.example"), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    private static async Task<SessionPerson[]> PeopleAreAsync(HostedSession hosted, Func<SessionPerson[], bool> isWanted)
    {
        using var http = await HostAsync(hosted);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var people = await PeopleAsync(http, hosted.Id);
            if (isWanted(people))
                return people;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static InvitationMail? Status(SessionPerson[] people, string email) => people.SingleOrDefault(person => person.Email == email)?.Mail;

    private static async Task<SessionPerson[]> PeopleAsync(HttpClient http, string id) =>
        (await http.GetFromJsonAsync<SessionPerson[]>(Routes.For(Routes.People, id), WireJson.Options, Cancellation))!;

    private static async Task SignInAsync(HostedSession hosted, string email)
    {
        using var http = await ClientAsync(hosted, email);
        using var answer = await http.GetAsync(Routes.Me, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static Task<HttpClient> HostAsync(HostedSession hosted) => ClientAsync(hosted, "host@contoso.example", "Hanna Host");

    private static async Task<HttpClient> ClientAsync(HostedSession hosted, string email, string name = "Somebody")
    {
        var token = await hosted.Servers.TokenAsync(new { Email = email, Name = name });
        return new HttpClient { BaseAddress = hosted.Server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    }

    private static void Configure(IDictionary<string, string?> environment, MailServerProcess mail)
    {
        for (var i = 1; i <= Crowd; i++)
            environment[$"OrleansKd__Organizations__1__Joiners__{i}"] = $"client{i}@fabrikam.example";
        environment[$"OrleansKd__Organizations__1__Joiners__{Crowd + 1}"] = "slow@fabrikam.example";
        environment[$"OrleansKd__Organizations__1__Joiners__{Crowd + 2}"] = "unknown@fabrikam.example";
        environment["OrleansKd__Edge__InvitesPerMinute"] = "100000";
        environment["OrleansKd__Mail__Transport"] = "Smtp";
        environment["OrleansKd__Mail__From"] = "orleanskd@contoso.example";
        environment["OrleansKd__Mail__ServerAddress"] = "https://debug.contoso.example";
        environment["OrleansKd__Mail__Smtp__Host"] = "127.0.0.1";
        environment["OrleansKd__Mail__Smtp__Port"] = $"{mail.Port}";
        environment["OrleansKd__Mail__Smtp__Tls"] = "None";
    }
}
