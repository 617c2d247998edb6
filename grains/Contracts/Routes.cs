namespace OrleansKd.Contracts;

/// <summary>Every path of the edge.</summary>
public static class Routes
{
    public const string SessionHub = "/hubs/session";
    public const string AgentHub = "/hubs/agent";

    /// <summary>Answers 200 without a token when storage and cluster answer, else 503.</summary>
    public const string Health = "/health";

    /// <summary>GET, without a token: the OpenAPI document of all routes below.</summary>
    public const string OpenApi = "/openapi/v1.json";

    /// <summary>GET, without a token: <see cref="SignInSummary"/>.</summary>
    public const string SignIn = "/.well-known/orleanskd";

    /// <summary>GET: <see cref="AccountSummary"/> of the caller; the first call makes the account.</summary>
    public const string Me = "/api/me";

    /// <summary>
    /// GET with <c>?after=CURSOR&amp;wait=SECONDS</c>: <see cref="FeedPage"/>: what has changed for the caller since the page that named that
    /// cursor (without one: everything), at once or as soon as something does.
    /// </summary>
    public const string Feed = "/api/me/feed";

    /// <summary>GET: <see cref="ComputerSummary"/> list: the caller's computers with their agents.</summary>
    public const string Computers = "/api/computers";

    /// <summary>GET: <see cref="TokenSummary"/> list. POST <see cref="MakeTokenRequest"/>: 201 with <see cref="MadeToken"/>.</summary>
    public const string Tokens = "/api/tokens";

    /// <summary>DELETE: 204.</summary>
    public const string Token = "/api/tokens/{token}";

    /// <summary>GET with <c>?email=</c>: <see cref="UserSummary"/> of somebody who can be invited (Find).</summary>
    public const string Users = "/api/users";

    /// <summary>GET: <see cref="PermissionsSummary"/> of the caller. POST <see cref="RequestPermissionsRequest"/>: 200 with it.</summary>
    public const string Permissions = "/api/permissions";

    /// <summary>
    /// GET with <c>?limit=N&amp;after=EMAIL</c>, for administrators: <see cref="OrganizationDetails"/> of their organization, with at most
    /// <see cref="Limits.MemberPageItems"/> members; when there are more, the header <c>Link</c> names the next page (<c>rel="next"</c>).
    /// </summary>
    public const string Organization = "/api/organization";

    /// <summary>POST <see cref="DecidePermissionsRequest"/>: 204.</summary>
    public const string ApprovePermissions = "/api/organization/permissions/approve";

    /// <summary>POST <see cref="DecidePermissionsRequest"/>: 204.</summary>
    public const string DenyPermissions = "/api/organization/permissions/deny";

    /// <summary>POST <see cref="DecidePermissionsRequest"/>: 204. Takes effect at once (rule A4).</summary>
    public const string RevokePermissions = "/api/organization/permissions/revoke";

    /// <summary>POST <see cref="AdministratorRequest"/>: 204.</summary>
    public const string AppointAdministrator = "/api/organization/administrators/appoint";

    /// <summary>POST <see cref="AdministratorRequest"/>: 204.</summary>
    public const string DismissAdministrator = "/api/organization/administrators/dismiss";

    /// <summary>POST <see cref="AdministratorRequest"/>: 204. The next sign-in with that address, by another identity, binds it.</summary>
    public const string RebindAccount = "/api/organization/administrators/rebind";

    /// <summary>GET with <c>?before=N&amp;take=M</c>, for administrators: <see cref="PermissionLogPage"/>.</summary>
    public const string PermissionLog = "/api/organization/log";

    /// <summary>
    /// GET with <c>?limit=N&amp;after=ID</c>: <see cref="SessionSummary"/> list, at most <see cref="Limits.SessionPageItems"/>; when there is
    /// more, the header <c>Link</c> names the next page (<c>rel="next"</c>). A walk of all pages meets every session that stays in the list
    /// once. POST <see cref="HostSessionRequest"/>: 201 with a summary.</summary>
    public const string Sessions = "/api/sessions";

    /// <summary>GET: <see cref="SessionDetails"/>. PATCH <see cref="ChangeSessionRequest"/>: 204.</summary>
    public const string Session = "/api/sessions/{id}";

    /// <summary>GET: <see cref="SessionPerson"/> list: host and invited clients.</summary>
    public const string People = "/api/sessions/{id}/people";

    /// <summary>POST <see cref="InviteRequest"/>: 204.</summary>
    public const string Invitations = "/api/sessions/{id}/invitations";

    /// <summary>DELETE, by the host: 204. <c>client</c>: the e-mail address or id of somebody who is invited.</summary>
    public const string Invitation = "/api/sessions/{id}/invitations/{client}";

    /// <summary>POST, by an invited client: declines, or leaves a session that they have opened; 204.</summary>
    public const string Leave = "/api/sessions/{id}/leave";

    /// <summary>POST <see cref="EnterCommandRequest"/>: 202 with <see cref="EnterCommandResponse"/>.</summary>
    public const string Commands = "/api/sessions/{id}/commands";

    /// <summary>DELETE: 204. Removes a command that waits; whether that came in time, the transcript tells.</summary>
    public const string Command = "/api/sessions/{id}/commands/{command}";

    /// <summary>PUT <see cref="GrantRequest"/>, DELETE: 204. The invited client with this e-mail address as an operator.</summary>
    public const string Operator = "/api/sessions/{id}/operators/{email}";

    /// <summary>POST <see cref="BreakRequest"/>: 202.</summary>
    public const string Break = "/api/sessions/{id}/break";

    /// <summary>POST <see cref="PressKeyRequest"/>: 202.</summary>
    public const string Keys = "/api/sessions/{id}/keys";

    /// <summary>POST <see cref="CloseSessionRequest"/>, or nothing: 204.</summary>
    public const string Close = "/api/sessions/{id}/close";

    /// <summary>POST <see cref="ReopenSessionRequest"/>, or nothing: 204, once the debugger is at its first prompt.</summary>
    public const string Reopen = "/api/sessions/{id}/reopen";

    /// <summary>POST <see cref="TerminateSessionRequest"/>: 204.</summary>
    public const string Terminate = "/api/sessions/{id}/terminate";

    /// <summary>
    /// POST, once it is terminated: 204; from then on everything about it is 404. No DELETE of <see cref="Session"/>: a client turns the address
    /// of something in the session whose name is <c>..</c> into that one.
    /// </summary>
    public const string Delete = "/api/sessions/{id}/delete";

    /// <summary>POST <see cref="NoteRequest"/>: 204.</summary>
    public const string Notes = "/api/sessions/{id}/notes";

    /// <summary>POST <see cref="EnterCommandRequest"/>: 201 with <see cref="SuggestedCommand"/>.</summary>
    public const string Suggestions = "/api/sessions/{id}/suggestions";

    /// <summary>POST <see cref="RunSuggestionRequest"/>: 202 with <see cref="EnterCommandResponse"/>. DELETE: 204, dismissed.</summary>
    public const string Suggestion = "/api/sessions/{id}/suggestions/{suggestion}";

    /// <summary>
    /// GET with <c>?after=N&amp;wait=SECONDS</c>: a durable <see cref="TranscriptPage"/>. With <c>?before=N</c>: the page that ends before that
    /// sequence; a number beyond the end (up to 2^63 - 1) is the end.
    /// </summary>
    public const string Transcript = "/api/sessions/{id}/transcript";

    /// <summary>
    /// GET with <c>?after=N</c>: durable entries as they come, a <see cref="TranscriptEntry"/> as JSON on each line, then
    /// <see cref="FollowEnd"/>. A blank line now and then says that the connection lives. Without a last line it was cut: ask again after
    /// the last sequence.
    /// </summary>
    public const string TranscriptFollow = "/api/sessions/{id}/transcript/follow";

    /// <summary>The path of one invitation, for clients.</summary>
    public static string ForInvitation(string sessionId, string client) =>
        For(Invitation, sessionId).Replace("{client}", Uri.EscapeDataString(client), StringComparison.Ordinal);

    /// <summary>The path of one service token, for clients.</summary>
    public static string ForToken(string tokenId) => Token.Replace("{token}", Uri.EscapeDataString(tokenId), StringComparison.Ordinal);

    /// <summary>The path of one session's resource, for clients.</summary>
    public static string For(string route, string sessionId) =>
        route.Replace("{id}", Uri.EscapeDataString(sessionId), StringComparison.Ordinal);
}
