using System.Globalization;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>
/// The server's REST API (<see cref="Routes"/>), typed. Every refusal is a <see cref="ProblemException"/> with the server's
/// code; a server that can't be reached is one with <see cref="ProblemException.ServerUnreachable"/>.
/// </summary>
public sealed partial class SessionsClient : IDisposable
{
    /// <summary>Hosting and opening again wait for a debugger's first prompt (30 s at the server); everything else answers in a few seconds. Of one try: a lost answer is asked for once more (<see cref="RepeatOnce"/>).</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(45);

    /// <summary>Longest wait of one transcript request.</summary>
    public static readonly TimeSpan MaxTranscriptWait = TimeSpan.FromSeconds(20);

    private readonly HttpClient http;

    public SessionsClient(Uri server, IAccessTokens tokens)
        : this(server, tokens, new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10) }, TimeProvider.System)
    {
    }

    /// <param name="transport">Disposed with this.</param>
    public SessionsClient(Uri server, IAccessTokens tokens, HttpMessageHandler transport, TimeProvider time)
    {
        Server = server;
        // The limit is one of each try.
        http = new HttpClient(new ServerTransport(server, tokens, new RepeatOnce(server, Timeout, time, transport))) { BaseAddress = server, Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    public Uri Server { get; }

    /// <summary>The caller's own account; the first call makes it.</summary>
    public Task<AccountSummary> GetMeAsync(CancellationToken cancellationToken) => Get<AccountSummary>(Routes.Me, cancellationToken);

    /// <summary>The caller's permissions, what they wait for, and what was decided last.</summary>
    public Task<PermissionsSummary> GetPermissionsAsync(CancellationToken cancellationToken) => Get<PermissionsSummary>(Routes.Permissions, cancellationToken);

    /// <summary>Asks the administrators of the caller's organization; asking again changes nothing.</summary>
    public Task<PermissionsSummary> RequestPermissionsAsync(RequestPermissionsRequest request, CancellationToken cancellationToken) =>
        PostAgain<RequestPermissionsRequest, PermissionsSummary>(Routes.Permissions, request, cancellationToken);

    /// <summary>The caller's organization, with all of its members; for its administrators.</summary>
    public async Task<OrganizationDetails> GetOrganizationAsync(CancellationToken cancellationToken)
    {
        OrganizationDetails? first = null;
        List<MemberSummary> members = [];
        await foreach (var page in GetPages<OrganizationDetails>(Routes.Organization, cancellationToken))
        {
            first ??= page;
            members.AddRange(page.Members);
        }
        return first! with { Members = [.. members] };
    }

    /// <summary>One of <see cref="Routes.ApprovePermissions"/>, <see cref="Routes.DenyPermissions"/>, <see cref="Routes.RevokePermissions"/>; for administrators.</summary>
    public Task DecidePermissionsAsync(string route, DecidePermissionsRequest request, CancellationToken cancellationToken) =>
        // What is asked for is answered once; what is taken away may have been given anew.
        route == Routes.RevokePermissions ? Post(route, request, cancellationToken) : PostAgain(route, request, cancellationToken);

    /// <summary>One of <see cref="Routes.AppointAdministrator"/>, <see cref="Routes.DismissAdministrator"/>, <see cref="Routes.RebindAccount"/>; for administrators.</summary>
    public Task AdministerAsync(string route, AdministratorRequest request, CancellationToken cancellationToken) => Post(route, request, cancellationToken);

    /// <summary>Who did what, newest first, before the line with that number; null: from the end. For administrators.</summary>
    public Task<PermissionLogPage> GetPermissionLogAsync(long? before, int take, CancellationToken cancellationToken) =>
        Get<PermissionLogPage>(string.Create(CultureInfo.InvariantCulture, $"{Routes.PermissionLog}?take={take}{(before is { } number ? $"&before={number}" : "")}"), cancellationToken);

    /// <summary>The caller's computers that have, or had, an agent.</summary>
    public Task<ComputerSummary[]> GetComputersAsync(CancellationToken cancellationToken) => Get<ComputerSummary[]>(Routes.Computers, cancellationToken);

    /// <summary>Somebody who can be invited (Find); <see cref="ProblemCodes.UserNotFound"/> when nobody can under that address.</summary>
    public Task<UserSummary> FindUserAsync(string email, CancellationToken cancellationToken) =>
        Get<UserSummary>($"{Routes.Users}?email={Uri.EscapeDataString(email)}", cancellationToken);

    /// <summary>All sessions that the caller hosts or is invited to, in the order in which they were made.</summary>
    public async Task<SessionSummary[]> GetSessionsAsync(CancellationToken cancellationToken)
    {
        List<SessionSummary> sessions = [];
        await foreach (var page in GetPages<SessionSummary[]>(Routes.Sessions, cancellationToken))
            sessions.AddRange(page);
        return [.. sessions.OrderBy(session => session.CreatedAt)];
    }

    public Task<SessionDetails> GetSessionAsync(string sessionId, CancellationToken cancellationToken) =>
        Get<SessionDetails>(Routes.For(Routes.Session, sessionId), cancellationToken);

    /// <summary>Starts a debugger and, when it runs, a session (rules B1, B2).</summary>
    public Task<SessionSummary> HostAsync(HostSessionRequest request, CancellationToken cancellationToken) =>
        PostOnce<HostSessionRequest, SessionSummary>(Routes.Sessions, request, cancellationToken);

    /// <summary>Invites all of these addresses or none (rule C2).</summary>
    public Task InviteAsync(string sessionId, string[] emails, CancellationToken cancellationToken) =>
        PostOnce(Routes.For(Routes.Invitations, sessionId), new InviteRequest(emails), cancellationToken);

    /// <summary>The session's host and invited clients.</summary>
    public Task<SessionPerson[]> GetPeopleAsync(string sessionId, CancellationToken cancellationToken) =>
        Get<SessionPerson[]>(Routes.For(Routes.People, sessionId), cancellationToken);

    /// <summary>The host takes an invitation back (rule C5).</summary>
    /// <param name="client">E-mail address or id of somebody who is invited.</param>
    public Task RevokeAsync(string sessionId, string client, CancellationToken cancellationToken) => Delete(Routes.ForInvitation(sessionId, client), cancellationToken);

    /// <summary>Declines the caller's invitation, or leaves a session that they have opened (rule C5).</summary>
    public Task LeaveAsync(string sessionId, CancellationToken cancellationToken) => PostAgain<object?>(Routes.For(Routes.Leave, sessionId), null, cancellationToken);

    /// <summary>Enters a command; the answer says that it is recorded, not that it ran.</summary>
    public Task<EnterCommandResponse> EnterCommandAsync(string sessionId, string text, CancellationToken cancellationToken) =>
        PostOnce<EnterCommandRequest, EnterCommandResponse>(Routes.For(Routes.Commands, sessionId), new EnterCommandRequest(text), cancellationToken);

    /// <summary>Enters several commands, nobody else's between them, or none; answers for the last one.</summary>
    public Task<EnterCommandResponse> EnterCommandsAsync(string sessionId, IReadOnlyList<string> lines, CancellationToken cancellationToken) =>
        PostOnce<EnterCommandRequest, EnterCommandResponse>(Routes.For(Routes.Commands, sessionId), new EnterCommandRequest(lines[0], [.. lines.Skip(1)]), cancellationToken);

    /// <summary>Removes a command that waits; whether that came in time, the transcript tells.</summary>
    public Task RemoveCommandAsync(string sessionId, string commandId, CancellationToken cancellationToken) =>
        Delete(Routes.For(Routes.Command, sessionId).Replace("{command}", Uri.EscapeDataString(commandId), StringComparison.Ordinal), cancellationToken);

    /// <summary>Gives an invited client a right (rule E7).</summary>
    public Task GrantAsync(string sessionId, string email, OperatorRight right, CancellationToken cancellationToken) =>
        SendAgain(HttpMethod.Put, OperatorOf(sessionId, email), new GrantRequest(right), cancellationToken);

    public Task UngrantAsync(string sessionId, string email, CancellationToken cancellationToken) => Delete(OperatorOf(sessionId, email), cancellationToken);

    /// <summary>Interrupts the debugger; the same id is acted on once.</summary>
    public Task BreakAsync(string sessionId, string breakId, CancellationToken cancellationToken) =>
        PostAgain(Routes.For(Routes.Break, sessionId), new BreakRequest(breakId), cancellationToken);

    /// <summary>Presses a control key; the same id is acted on once.</summary>
    /// <param name="run">The run that it is meant for; null: the current one.</param>
    public Task PressKeyAsync(string sessionId, string keyId, string key, int? run, CancellationToken cancellationToken) =>
        PostAgain(Routes.For(Routes.Keys, sessionId), new PressKeyRequest(keyId, key, run), cancellationToken);

    public Task CloseAsync(string sessionId, TargetFate? target, CancellationToken cancellationToken) =>
        PostOnce(Routes.For(Routes.Close, sessionId), new CloseSessionRequest(target), cancellationToken);

    /// <summary>Opens a closed session again; the answer comes when its debugger is there.</summary>
    public Task ReopenAsync(string sessionId, ReopenSessionRequest request, CancellationToken cancellationToken) =>
        PostOnce(Routes.For(Routes.Reopen, sessionId), request, cancellationToken);

    /// <summary>Changes what the session allows.</summary>
    public Task ChangeAsync(string sessionId, ChangeSessionRequest change, CancellationToken cancellationToken) =>
        SendAgain(HttpMethod.Patch, Routes.For(Routes.Session, sessionId), change, cancellationToken);

    /// <summary>Terminates for good; <paramref name="target"/> is required for a direct session.</summary>
    public Task TerminateAsync(string sessionId, TargetFate? target, CancellationToken cancellationToken) =>
        PostAgain(Routes.For(Routes.Terminate, sessionId), new TerminateSessionRequest(target), cancellationToken);

    /// <summary>Deletes a terminated session for everybody and for ever.</summary>
    public Task DeleteAsync(string sessionId, CancellationToken cancellationToken) => PostAgain<object?>(Routes.For(Routes.Delete, sessionId), null, cancellationToken);

    /// <summary>Durable entries after <paramref name="after"/>, at once or within <paramref name="wait"/>.</summary>
    public Task<TranscriptPage> GetTranscriptAsync(string sessionId, long after, TimeSpan wait, CancellationToken cancellationToken) =>
        GetPage(
            string.Create(CultureInfo.InvariantCulture, $"{Routes.For(Routes.Transcript, sessionId)}?after={after}&wait={Math.Min(wait.TotalSeconds, MaxTranscriptWait.TotalSeconds):0}"),
            cancellationToken);

    /// <summary>The durable entries that end before <paramref name="before"/>, as many as fit a page; <see cref="long.MaxValue"/>: the last ones.</summary>
    public Task<TranscriptPage> GetTranscriptBeforeAsync(string sessionId, long before, CancellationToken cancellationToken) =>
        GetPage(string.Create(CultureInfo.InvariantCulture, $"{Routes.For(Routes.Transcript, sessionId)}?before={before}"), cancellationToken);

    private async Task<TranscriptPage> GetPage(string path, CancellationToken cancellationToken)
    {
        var page = await Get<TranscriptPage>(path, cancellationToken);
        return page.Entries?.All(entry => entry is not null) is true ? page : throw ServerProblems.NotThisServer(Server, "a page of the transcript without its entries");
    }

    public void Dispose() => http.Dispose();
}
