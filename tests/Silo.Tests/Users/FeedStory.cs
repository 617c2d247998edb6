using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Storage;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Users;

/// <summary>
/// Open clients at two real server processes of one cluster: what is done at one shows at the other within a second; one that is killed is one
/// cut, after which its clients have what they missed, and nothing twice.
/// </summary>
public sealed class FeedStory
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Lists_WhileThingsHappenAtAnotherServer_FollowWithinASecond_AndGoOnWhenTheirsWasKilled()
    {
        await using var hosted = await HostedSession.OpenAsync(keepStorage: true);
        var place = ServerPlace.Anywhere();
        var other = await hosted.Servers.StartServerAsync("all", place);
        var clive = await hosted.Servers.TokenAsync(new { Email = "client@fabrikam.example", Name = "Clive Client" });
        var hanna = await hosted.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });
        var carl = await hosted.Servers.TokenAsync(new { Email = "carl@contoso.example", Name = "Carl" });
        await using var client = new OpenClient(other.Address, clive);
        await using var host = new OpenClient(other.Address, hanna);
        await using var newcomer = new OpenClient(other.Address, carl);
        await host.UntilAsync(list => list.Sessions.ContainsKey(hosted.Id));
        await client.UntilAsync(list => list.Account is { MayJoin: true });
        await newcomer.UntilAsync(list => list.Account is { MayHost: false });
        using var atHost = new Agent.Api.SessionsClient(hosted.Server.Address, new Edge.FixedToken(hanna));
        using var atCarl = new Agent.Api.SessionsClient(hosted.Server.Address, new Edge.FixedToken(carl));
        var cancellation = TestContext.Current.CancellationToken;

        await atHost.InviteAsync(hosted.Id, ["client@fabrikam.example"], cancellation);
        await WithinASecondAsync(client, list => list.Sessions.GetValueOrDefault(hosted.Id) is { Invitation: InvitationState.Pending });
        await WithinASecondAsync(host, list => list.Sessions[hosted.Id].Clients == 1);
        await atCarl.RequestPermissionsAsync(new RequestPermissionsRequest([Permission.Host], "on call"), cancellation);
        await WithinASecondAsync(host, list => list.Account is { WaitingRequests: 1 });
        await atHost.DecidePermissionsAsync(Routes.ApprovePermissions, new DecidePermissionsRequest("carl@contoso.example", [Permission.Host]), cancellation);
        await WithinASecondAsync(newcomer, list => list.Account is { MayHost: true, LastDecision.Action: PermissionAction.Approved });
        await WithinASecondAsync(host, list => list.Account is { WaitingRequests: 0 });
        await atHost.CloseAsync(hosted.Id, null, cancellation);
        await WithinASecondAsync(client, list => list.Sessions[hosted.Id].State is SessionState.Closed);
        await atHost.ReopenAsync(hosted.Id, new ReopenSessionRequest(), cancellation);
        await WithinASecondAsync(client, list => list.Sessions[hosted.Id].State is SessionState.Active);

        // Their server dies; meanwhile the session is terminated, and another one begins.
        other.Run.Signal(9);
        await other.Run.EndAsync();
        await host.UntilAsync(list => list.Cuts > 0);
        await hosted.EventuallyAsync("sessions", "terminate", hosted.Id, "--target", "let-run");
        var second = System.Text.Json.JsonDocument.Parse((await hosted.EventuallyAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", "second", "--json")).Out).RootElement.GetProperty("id").GetString()!;
        await hosted.EventuallyAsync("sessions", "invite", second, "client@fabrikam.example");
        await hosted.Servers.StartServerAsync("all", place);
        await client.UntilAsync(list => list.Sessions.GetValueOrDefault(hosted.Id) is { State: SessionState.Terminated } && list.Sessions.ContainsKey(second));
        await host.UntilAsync(list => list.Sessions[hosted.Id].State is SessionState.Terminated && list.Sessions.GetValueOrDefault(second) is { Clients: 1 });

        await atHost.RevokeAsync(second, "client@fabrikam.example", cancellation);
        await WithinASecondAsync(client, list => !list.Sessions.ContainsKey(second));
        await WithinASecondAsync(host, list => list.Sessions[second].Clients == 0);
        Assert.Equal((1, 1, 1), (client.Beginnings, host.Beginnings, newcomer.Beginnings));
        // The list that is asked for is the same.
        Assert.Equal(host.Sessions.Values.OrderBy(session => session.CreatedAt).Select(Of), (await atHost.GetSessionsAsync(cancellation)).Select(Of));

        static (string, SessionState, int) Of(SessionSummary session) => (session.Id, session.State, session.Clients);
    }

    private static async Task WithinASecondAsync(OpenClient client, Func<OpenClient, bool> isSo) => Assert.InRange(await client.UntilAsync(isSo), TimeSpan.Zero, Second);
}
