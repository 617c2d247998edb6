using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Tests.Server;

/// <summary>
/// The edge's wire on a real port, with the answers that a test gives: REST and the session hub, real WebSockets, real
/// MessagePack. It decides nothing and keeps one session.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    public const string Token = "scripted-token";

    /// <summary>The caller's only service token.</summary>
    public static readonly TokenSummary LabToken = new("0123456789abcdef", "lab", TokenRight.Host, "lab", new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), new(2027, 2, 22, 9, 0, 0, TimeSpan.Zero), IsExpired: false);
    public static readonly UserSummary Ann = new("Ann Host", "Contoso", "ann@contoso.example");
    public static readonly UserSummary Bob = new("Bob Guest", "Fabrikam", "bob@fabrikam.example");
    private readonly WebApplication app;
    private int refused;
    private int lastScreens;

    private ScriptedServer(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public string SessionId { get; } = Contracts.SessionId.New().ToString();

    public ScriptedTranscript Transcript { get; } = new();

    public AccountSummary Me
    {
        get => Feed.Me;
        set => Feed.Me = value;
    }

    public ComputerSummary[] Computers { get; set; } = [];

    public SessionSummary[] Sessions
    {
        get => Feed.Sessions;
        set => Feed.Set(value);
    }

    public ScriptedFeed Feed { get; } = new();

    public SessionDetails? Details { get; set; }

    public SessionPerson[] People { get; set; } = [];

    /// <summary>Set: every request is refused with it.</summary>
    public (int Status, string Code, string Detail)? Refusal { get; set; }

    /// <summary>How many were.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Windows show the end of the transcript before the rest has come; without it, what they show has come.</summary>
    public bool GivesLastScreen { get; set; }

    /// <summary>How often the end of the transcript was given.</summary>
    public int LastScreens => Volatile.Read(ref lastScreens);

    /// <summary>Every request that came, with the key that named it.</summary>
    public ConcurrentQueue<AskedRequest> Asked { get; } = new();

    /// <summary>What becomes of each answer once the request was acted on, in turn; then, and for null, it is sent.</summary>
    public ConcurrentQueue<LostAnswer?> Losses { get; } = new();

    /// <summary>The next reader who gets this sequence is moved away: the person joined from another computer.</summary>
    public long? MovesAwayAt { get; set; }

    public TaskCompletionSource MovedAway { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where its people sign in.</summary>
    public Uri? Authority { get; set; }

    public PermissionsSummary Permissions { get; set; } = new("Contoso", [Permission.Host, Permission.Join], true);

    public OrganizationDetails Organization { get; set; } = new("Contoso", [], [new(Ann.Email, [Permission.Host], true, true)]);

    /// <summary>Bodies of the requests that came, by route.</summary>
    public List<(string Route, object? Body)> Requests { get; } = [];

    public Func<EnterCommandRequest, EnterCommandResponse> OnCommand { get; set; } = _ => throw new HubException(ProblemText.Format(ProblemCodes.HostOnly, "Only the host runs commands."));

    public Func<string, UserSummary?> OnFind { get; set; } = _ => null;

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSignalR(options => options.MaximumParallelInvocationsPerClient = 4).AddMessagePackProtocol();
        builder.Services.ConfigureHttpJsonOptions(options => WireJson.Configure(options.SerializerOptions));
        ScriptedServer? server = null;
        builder.Services.AddSingleton(_ => server!);
        var app = builder.Build();
        server = new ScriptedServer(app);
        app.Use(server.Check);
        app.Use(server.Lose);
        app.MapHub<ScriptedSessionHub>(Routes.SessionHub);
        server.MapRest();
        await app.StartAsync();
        server.Address = new Uri(app.Urls.Single());
        return server;
    }

    /// <summary>A server whose session is at its prompt.</summary>
    public static async Task<ScriptedServer> StartAtPromptAsync()
    {
        var server = await StartAsync();
        server.Sessions = [server.Summary()];
        server.Transcript.Add(TranscriptEntryKind.SessionCreated, entry => entry with { Author = Ann, Text = "Crash in ntfs" });
        server.Transcript.AddOutput("(gdb) ");
        return server;
    }

    /// <summary>The agent on the computer where the terminal and the command line run.</summary>
    public ScriptedAgent Agent { get; } = new();

    /// <summary>Where that agent is asked; nobody answers there unless a test does.</summary>
    public AgentPlace AgentPlace { get; set; } = new("/nowhere", "/nowhere", "default", new Uri("http://127.0.0.1:1"));

    internal ServerConnection Connect() => Connect(Address, new FixedToken());

    internal ServerConnection Connect(Uri server, IAccessTokens tokens) =>
        new(server, tokens, TimeProvider.System, AgentPlace) { LocalAgent = Agent };

    public SessionSummary Summary(SessionState state = SessionState.Active, DebuggerState debugger = DebuggerState.Ready, bool isHost = true) => new(
        SessionId, "Crash in ntfs", "", state, debugger, Ann, isHost, 1, ScriptedTranscript.Start, ScriptedTranscript.Start, null, null);

    public SessionDetails DetailsOf(SessionSummary summary, bool throughServer = false, params QueuedCommand[] queue) => new(
        summary, "kdbox", "/usr/bin/gdb", "-q", "(gdb) ", throughServer, [Bob], queue, Transcript.DurableThrough, [], DebuggerKind: "gdb");

    public async ValueTask DisposeAsync()
    {
        Transcript.Stop();
        await app.DisposeAsync();
        Transcript.Dispose();
    }

    private async Task Check(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == Routes.SignIn && Authority is not null)
        {
            await context.Response.WriteAsJsonAsync(new SignInSummary(Authority.AbsoluteUri, "orleanskd", ["openid"]), WireJson.Options);
            return;
        }
        if (context.Request.Headers.Authorization != "Bearer " + Token)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        if (Refusal is var (status, code, detail))
        {
            Interlocked.Increment(ref refused);
            await Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code }).ExecuteAsync(context);
            return;
        }
        await next(context);
    }

    /// <summary>Acts on the request, and then maybe loses the answer.</summary>
    private async Task Lose(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/api"))
        {
            await next(context);
            return;
        }
        Asked.Enqueue(new(context.Request.Method, context.Request.Path.Value!, context.Request.Headers[RequestHeaders.IdempotencyKey]));
        if (!Losses.TryDequeue(out var loss) || loss is null)
        {
            await next(context);
            return;
        }
        var (answer, nobody) = (context.Response.Body, new MemoryStream());
        context.Response.Body = nobody;
        await next(context);
        context.Response.Body = answer;
        if (loss is LostAnswer.Cut)
        {
            context.Abort();
            return;
        }
        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
    }

    private void MapRest()
    {
        app.MapGet(Routes.Me, () => Me);
        app.MapGet(Routes.Feed, (double wait, string? after, CancellationToken cancellationToken) => Feed.ReadAsync(after, wait, cancellationToken));
        app.MapGet(Routes.Computers, () => Computers);
        app.MapGet(Routes.Sessions, () => Sessions);
        app.MapGet(Routes.Users, (string email) => OnFind(email) is { } user
            ? Results.Ok(user)
            : Results.Problem($"Nobody with the address {email} can be invited.", statusCode: 404, extensions: new Dictionary<string, object?> { ["code"] = ProblemCodes.UserNotFound }));
        app.MapGet(Routes.Session, (string id) => id == SessionId ? Results.Ok(Details is null ? DetailsOf(Summary()) : Details with { DurableThrough = Transcript.DurableThrough }) : NotFound());
        app.MapGet(Routes.Transcript, (string id, long? after, long? before) =>
        {
            if (before is not { } sequence)
                return Results.Ok(Transcript.DurablePage(after ?? 0));
            if (!GivesLastScreen)
                return NotFound();
            Interlocked.Increment(ref lastScreens);
            return Results.Ok(Transcript.DurablePageBefore(sequence));
        });
        app.MapGet(Routes.Tokens, () => new[] { LabToken });
        app.MapPost(Routes.Tokens, (MakeTokenRequest request) => Results.Created((string?)null, new MadeToken($"{TokenText.Prefix}scripted", LabToken with { Name = request.Name! })));
        app.MapDelete(Routes.Token, (string token) => Record(Routes.Token, token));
        app.MapPost(Routes.Sessions, (HostSessionRequest request) =>
        {
            Requests.Add((Routes.Sessions, request));
            return Results.Created("/", Summary() with { Name = request.Name });
        });
        app.MapPost(Routes.Invitations, (InviteRequest request) => Record(Routes.Invitations, request));
        app.MapGet(Routes.People, () => People);
        app.MapDelete(Routes.Invitation, (string client) => Record(Routes.Invitation, client));
        app.MapPost(Routes.Leave, () => Record(Routes.Leave, null));
        app.MapPost(Routes.Break, (BreakRequest request) => Record(Routes.Break, request));
        app.MapPost(Routes.Keys, (PressKeyRequest request) => Record(Routes.Keys, request));
        app.MapPost(Routes.Close, (CloseSessionRequest? request) => Record(Routes.Close, request));
        app.MapPost(Routes.Reopen, (ReopenSessionRequest? request) => Record(Routes.Reopen, request));
        app.MapPost(Routes.Delete, () => Record(Routes.Delete, null));
        app.MapPatch(Routes.Session, (ChangeSessionRequest request) => Record(Routes.Session, request));
        app.MapPost(Routes.Terminate, (TerminateSessionRequest request) => Record(Routes.Terminate, request));
        app.MapGet(Routes.Permissions, () => Permissions);
        app.MapPost(Routes.Permissions, (RequestPermissionsRequest request) =>
        {
            Requests.Add((Routes.Permissions, request));
            return Permissions;
        });
        app.MapGet(Routes.Organization, () => Organization);
        app.MapGet(Routes.PermissionLog, (long? before) => new PermissionLogPage(
            [new(before ?? 2, ScriptedTranscript.Start, PermissionAction.Appointed, Ann, Bob, [], null)], before is null ? 1 : null));
        foreach (var route in (string[])[Routes.ApprovePermissions, Routes.DenyPermissions, Routes.RevokePermissions])
            app.MapPost(route, (DecidePermissionsRequest request) => Record(route, request));
        foreach (var route in (string[])[Routes.AppointAdministrator, Routes.DismissAdministrator, Routes.RebindAccount])
            app.MapPost(route, (AdministratorRequest request) => Record(route, request));
        app.MapDelete(Routes.Command, (string command) => Record(Routes.Command, command));
        app.MapPut(Routes.Operator, (GrantRequest request) => Record(Routes.Operator, request));
        app.MapDelete(Routes.Operator, (string email) => Record(Routes.Operator, email));
        app.MapPost(Routes.Notes, (NoteRequest request) => Record(Routes.Notes, request));
        app.MapPost(Routes.Suggestions, (EnterCommandRequest request) =>
        {
            Requests.Add((Routes.Suggestions, request));
            return Results.Created((string?)null, new SuggestedCommand("s1", request.Text, Ann));
        });
        app.MapPost(Routes.Suggestion, (RunSuggestionRequest request) => Results.Accepted(null, OnCommand(new EnterCommandRequest(request.Text ?? "bt"))));
        app.MapDelete(Routes.Suggestion, (string suggestion) => Record(Routes.Suggestion, suggestion));
        app.MapPost(Routes.Commands, (EnterCommandRequest request) => Results.Accepted(null, OnCommand(request)));
    }

    private IResult Record(string route, object? body)
    {
        Requests.Add((route, body));
        return Results.NoContent();
    }

    private static IResult NotFound() =>
        Results.Problem("There is no such session.", statusCode: 404, extensions: new Dictionary<string, object?> { ["code"] = ProblemCodes.SessionNotFound });

    /// <summary>How an answer is lost.</summary>
    public enum LostAnswer
    {
        /// <summary>The connection ends instead.</summary>
        Cut,

        /// <summary>A server between answers 502.</summary>
        BadGateway,
    }

    public sealed record AskedRequest(string Method, string Path, string? Key);

    /// <summary>The bearer token that the server takes, or another one.</summary>
    public sealed class FixedToken(string token = Token) : IAccessTokens
    {
        public Task<string> GetAccessTokenAsync(CancellationToken cancellationToken) => Task.FromResult(token);

        public void Forget(string accessToken)
        {
        }
    }
}
