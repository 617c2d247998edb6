using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>One operation of the API and who may do it.</summary>
/// <param name="Cells">A letter for each <see cref="MatrixCaller"/>.</param>
internal sealed record MatrixRow(string Method, string Route, string Cells, object? Body = null)
{
    /// <summary>
    /// In the order in which those who may do it: the session lives until its last rows. A route that is not here, or is here and not in the API,
    /// fails the test.
    /// </summary>
    public static IReadOnlyList<MatrixRow> All { get; } =
    [
        //                                                 stranger, other company, revoked, viewer, inspect, full, host, administrator; read, host, lab, other token
        new("GET", Routes.Me, "+ + + + + + + + + + + +"),
        new("GET", Routes.Feed, "+ + + + + + + + + + - -"),
        new("GET", Routes.Computers, "+ + + + + + + + + + + +"),
        new("GET", Routes.Permissions, "+ + + + + + + + - - - -"),
        new("GET", Routes.Sessions, "+ + + + + + + + + + + +"),
        new("POST", Routes.Permissions, "- + + + + + + + - - - -", new RequestPermissionsRequest([Permission.Host])),
        new("POST", Routes.Sessions, "- ~ - - - - ~ ~ - ~ - -", new HostSessionRequest("nowhere", "/usr/bin/gdb", "-q", "matrix", "")),
        new("GET", Routes.Users, "- + - - - - + + - + + +"),
        new("GET", Routes.Organization, "- + - - - - + + - - - -"),
        new("GET", Routes.PermissionLog, "- + - - - - + + - - - -"),
        new("POST", Routes.ApprovePermissions, "- 0 - - - - + + - - - -", new DecidePermissionsRequest(MatrixStage.Newcomer, [Permission.Join])),
        new("POST", Routes.RevokePermissions, "- 0 - - - - + + - - - -", new DecidePermissionsRequest(MatrixStage.Newcomer, [Permission.Join])),
        new("POST", Routes.DenyPermissions, "- 0 - - - - ~ ~ - - - -", new DecidePermissionsRequest(MatrixStage.Newcomer)),
        new("POST", Routes.AppointAdministrator, "- 0 - - - - + + - - - -", new AdministratorRequest(MatrixStage.Newcomer)),
        new("POST", Routes.DismissAdministrator, "- 0 - - - - + + - - - -", new AdministratorRequest(MatrixStage.Newcomer)),
        new("POST", Routes.RebindAccount, "- 0 - - - - + + - - - -", new AdministratorRequest(MatrixStage.Newcomer)),

        new("GET", Routes.Tokens, "+ + + + + + + + - - - -"),
        new("POST", Routes.Tokens, "+ + + + + + + + - - - -", new MakeTokenRequest("matrix", TokenRight.Read)),
        new("DELETE", Routes.Token, "~ ~ ~ ~ ~ ~ ~ ~ - - - -"),

        new("GET", Routes.Session, "0 0 0 + + + + 0 + + + 0"),
        new("PATCH", Routes.Session, "0 0 0 - - - + 0 - + + 0", new ChangeSessionRequest(ClientsMayReopen: true)),
        new("GET", Routes.People, "0 0 0 + + + + 0 + + + 0"),
        new("GET", Routes.Transcript, "0 0 0 + + + + 0 + + + 0"),
        new("GET", Routes.TranscriptFollow, "0 0 0 + + + + 0 + + + 0"),
        new("POST", Routes.Invitations, "0 0 0 - - - + 0 - + + 0", new InviteRequest([MatrixStage.Spare])),
        new("PUT", Routes.Operator, "0 0 0 - - - + 0 - + + 0", new GrantRequest(OperatorRight.Inspect)),
        new("DELETE", Routes.Operator, "0 0 0 - - - + 0 - + + 0"),
        new("DELETE", Routes.Invitation, "0 0 0 - - - + 0 - ~ ~ 0"),
        new("POST", Routes.Commands, "0 0 0 - + + + 0 - + + 0", new EnterCommandRequest("info line")),
        new("POST", Routes.Commands, "0 0 0 - - + + 0 - + + 0", new EnterCommandRequest("shell true")),
        new("DELETE", Routes.Command, "0 0 0 - - - ~ 0 - ~ ~ 0"),
        new("POST", Routes.Break, "0 0 0 - - + + 0 - + + 0", new BreakRequest("break")),
        new("POST", Routes.Keys, "0 0 0 - - + + 0 - + + 0", new PressKeyRequest("key", "c")),
        new("POST", Routes.Notes, "0 0 0 + + + + 0 - + + 0", new NoteRequest("seen")),
        new("POST", Routes.Suggestions, "0 0 0 + + + + 0 - + + 0", new EnterCommandRequest("info line")),
        new("POST", Routes.Suggestion, "0 0 0 - + + + 0 - + + 0", new RunSuggestionRequest()),
        new("DELETE", Routes.Suggestion, "0 0 0 + - - + 0 - + + 0"),
        new("POST", Routes.Close, "0 0 0 - - - + 0 - + + 0", new CloseSessionRequest()),
        new("POST", Routes.Reopen, "0 0 0 + + + + 0 - + + 0", new ReopenSessionRequest()),
        new("POST", Routes.Leave, "0 0 0 + + + ~ 0 - ~ ~ 0"),
        new("POST", Routes.Terminate, "0 0 0 - - - + 0 - + + 0", new TerminateSessionRequest(TargetFate.LetRun)),
        new("POST", Routes.Delete, "0 0 0 - - - + 0 - . . 0"),
    ];

    public MatrixCell For(MatrixCaller caller) => (MatrixCell)Cells[2 * (int)caller];

    public string Name => $"{Method} {Route}{(Body is EnterCommandRequest command ? $" {command.Text}" : "")}";
}
