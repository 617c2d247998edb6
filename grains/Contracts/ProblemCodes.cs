namespace OrleansKd.Contracts;

/// <summary>
/// What can be refused, as stable codes: the <c>code</c> member of problem details, and the part in brackets of a
/// <c>HubException</c>'s message (see <see cref="ProblemText"/>).
/// </summary>
public static class ProblemCodes
{
    /// <summary>Each of the codes below, in their order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. typeof(ProblemCodes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    /// <summary>The request itself is malformed: a name, an argument, a missing field. HTTP 400.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>No valid token, or the account is not usable. HTTP 401.</summary>
    public const string NotSignedIn = "not-signed-in";

    /// <summary>The account may not do this at all (host or join sessions). HTTP 403.</summary>
    public const string NotPermitted = "not-permitted";

    /// <summary>The service token does not allow this: it only reads, it is for another computer, or this is for people who have signed in. HTTP 403.</summary>
    public const string TokenScope = "token-scope";

    /// <summary>Only the host may do this. HTTP 403.</summary>
    public const string HostOnly = "host-only";

    /// <summary>A command or key that the caller's right does not cover: full control is needed (rule E7). HTTP 403.</summary>
    public const string FullControlOnly = "full-control-only";

    /// <summary>No such session, or none that the caller may see: the same answer. HTTP 404.</summary>
    public const string SessionNotFound = "session-not-found";

    /// <summary>Nobody with that address can be invited. HTTP 404.</summary>
    public const string UserNotFound = "user-not-found";

    /// <summary>The caller has no service token with that id. HTTP 404.</summary>
    public const string TokenNotFound = "token-not-found";

    /// <summary>The user has no agent running on a computer of that name. HTTP 404.</summary>
    public const string ComputerNotFound = "computer-not-found";

    /// <summary>The debugger does not exist, is not executable, is not allowed, or did not start. HTTP 422.</summary>
    public const string DebuggerNotStarted = "debugger-not-started";

    /// <summary>The session is closed; it has to be re-opened first. HTTP 409.</summary>
    public const string SessionClosed = "session-closed";

    /// <summary>The session is terminated for good. HTTP 409.</summary>
    public const string SessionTerminated = "session-terminated";

    /// <summary>The run was given up when its session was opened again elsewhere; what its agent still holds is not wanted. HTTP 409.</summary>
    public const string RunGivenUp = "run-given-up";

    /// <summary>The session is not in the state that the request needs (re-open of an active one, say). HTTP 409.</summary>
    public const string WrongState = "wrong-state";

    /// <summary>The debugger is offline or has exited. HTTP 409.</summary>
    public const string DebuggerOffline = "debugger-offline";

    /// <summary>Ten clients, a hundred queued commands: a limit of <see cref="Limits"/>. HTTP 409.</summary>
    public const string LimitReached = "limit-reached";

    /// <summary>The caller watches the session from another computer now; joining takes it back. HTTP 409.</summary>
    public const string JoinedElsewhere = "joined-elsewhere";

    /// <summary>Too often in too short a time; <c>Retry-After</c> says when to try again. HTTP 429.</summary>
    public const string TooManyRequests = "too-many-requests";

    /// <summary>The chunk, run or cursor is not the expected one; attach or follow again. HTTP 409.</summary>
    public const string OutOfStep = "out-of-step";

    /// <summary>A storage, silo or agent does not answer now; nothing is known to be lost. HTTP 503.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The <see cref="RequestHeaders.IdempotencyKey"/> named another request before. HTTP 422.</summary>
    public const string IdempotencyKeyReused = "idempotency-key-reused";

    /// <summary>No such address. HTTP 404.</summary>
    public const string RouteNotFound = "route-not-found";

    /// <summary>The address does not know this method; <c>Allow</c> names those that it knows. HTTP 405.</summary>
    public const string MethodNotAllowed = "method-not-allowed";

    /// <summary>The body is longer than any request. HTTP 413.</summary>
    public const string BodyTooLarge = "body-too-large";

    /// <summary>The body came too slowly, or not at all. HTTP 408.</summary>
    public const string BodyTooSlow = "body-too-slow";

    /// <summary>The body is not JSON in UTF-8, or is compressed. HTTP 415.</summary>
    public const string UnsupportedMediaType = "unsupported-media-type";

    /// <summary>A fault of the server, which has logged it. What was asked for may have happened. HTTP 500.</summary>
    public const string InternalError = "internal-error";
}
