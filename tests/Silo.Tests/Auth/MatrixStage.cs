using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Storage;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>A server, a session of a real gdb, and one person of each <see cref="MatrixCaller"/>.</summary>
internal sealed class MatrixStage : IAsyncDisposable
{
    /// <summary>Of Contoso; asks for something and is nobody's guest.</summary>
    public const string Newcomer = "nora@contoso.example";

    /// <summary>Is invited, let, and sent away by those who may.</summary>
    public const string Spare = "sven@contoso.example";

    /// <summary>Where the session does not run.</summary>
    public const string OtherComputer = "somewhere";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient http = new();
    private readonly Dictionary<MatrixCaller, string> tokens = [];
    private readonly HostedSession hosted;

    private MatrixStage(HostedSession hosted) => this.hosted = hosted;

    public static IReadOnlyList<MatrixCaller> Callers { get; } = Enum.GetValues<MatrixCaller>();

    public string Session => hosted.Id;

    public Uri Address => hosted.Server.Address;

    public HostedSession Hosted => hosted;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<MatrixStage> OpenAsync()
    {
        var stage = new MatrixStage(await HostedSession.OpenAsync(keepStorage: false, environment =>
        {
            environment["OrleansKd__Organizations__1__Administrators__0"] = EmailOf(MatrixCaller.OtherCompany);
            environment["OrleansKd__Organizations__1__Hosts__0"] = EmailOf(MatrixCaller.OtherCompany);
        }));
        try
        {
            await stage.GatherAsync();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public string TokenOf(MatrixCaller caller) => tokens[caller];

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: WireJson.Options);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    /// <summary>The code of a refusal, null when there is none.</summary>
    public async Task<(int Status, string? Code, string Text)> AskAsync(string method, string path, string? token, object? body = null)
    {
        using var answer = await SendAsync(method, path, token, body);
        // A transcript that is followed has no end.
        var text = answer.Content.Headers.ContentType?.MediaType == "application/x-ndjson" ? "" : await answer.Content.ReadAsStringAsync(Cancellation);
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : JsonDocument.Parse(text).RootElement.GetProperty("code").GetString(), text);
    }

    /// <summary>A new command that the viewer suggests.</summary>
    public async Task<string> SuggestAsync()
    {
        using var answer = await SendAsync("POST", Routes.For(Routes.Suggestions, Session), tokens[MatrixCaller.Viewer], new EnterCommandRequest("info line"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    /// <summary>All that the session remembers.</summary>
    public async Task<string> TranscriptAsync() => (await AskAsync("GET", Routes.For(Routes.Transcript, Session), tokens[MatrixCaller.Host])).Text;

    public async Task DebuggerHasExitedAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(Poll);
        while (!(await AskAsync("GET", Routes.For(Routes.Session, Session), tokens[MatrixCaller.Host])).Text.Contains("\"exited\"", StringComparison.Ordinal))
            await timer.WaitForNextTickAsync(limit.Token);
    }

    public async Task<HubConnection> ConnectAsync(string hub, string token)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(Address, hub), HttpTransportType.WebSockets, options =>
            {
                options.SkipNegotiation = true;
                options.AccessTokenProvider = () => Task.FromResult<string?>(token);
            })
            .AddMessagePackProtocol()
            .Build();
        await connection.StartAsync(Cancellation);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await hosted.DisposeAsync();
    }

    private static string EmailOf(MatrixCaller caller) => caller switch
    {
        MatrixCaller.Stranger => "mallory@elsewhere.example",
        MatrixCaller.OtherCompany => "fiona@fabrikam.example",
        MatrixCaller.Host => "host@contoso.example",
        _ => $"{caller}@contoso.example".ToLowerInvariant(),
    };

    private async Task GatherAsync()
    {
        foreach (var caller in Callers.Where(caller => caller < MatrixCaller.ReadToken))
            tokens[caller] = await TokenAsync(EmailOf(caller), $"{caller}");
        tokens[MatrixCaller.ReadToken] = await MakeTokenAsync(TokenRight.Read, computer: null);
        tokens[MatrixCaller.HostToken] = await MakeTokenAsync(TokenRight.Host, computer: null);
        tokens[MatrixCaller.LabToken] = await MakeTokenAsync(TokenRight.Host, await ComputerAsync());
        tokens[MatrixCaller.OtherToken] = await MakeTokenAsync(TokenRight.Host, OtherComputer);
        await AskForAsync(await TokenAsync(Newcomer, "Nora"), Permission.Join);
        await AskForAsync(await TokenAsync(Spare, "Sven"), Permission.Join);
        MatrixCaller[] invited = [MatrixCaller.Revoked, MatrixCaller.Viewer, MatrixCaller.Inspect, MatrixCaller.Full];
        foreach (var caller in invited)
            await AskForAsync(tokens[caller], Permission.Join);
        foreach (var email in (string[])[.. invited.Select(EmailOf), Spare])
            await DoAsync("POST", Routes.ApprovePermissions, MatrixCaller.Host, new DecidePermissionsRequest(email, [Permission.Join]));
        await DoAsync("POST", Routes.AppointAdministrator, MatrixCaller.Host, new AdministratorRequest(EmailOf(MatrixCaller.Administrator)));
        await AskForAsync(tokens[MatrixCaller.Administrator], Permission.Host, Permission.Join);
        await DoAsync("POST", Routes.ApprovePermissions, MatrixCaller.Host, new DecidePermissionsRequest(EmailOf(MatrixCaller.Administrator), [Permission.Host, Permission.Join]));
        await DoAsync("POST", Routes.Invitations, MatrixCaller.Host, new InviteRequest([.. invited.Select(EmailOf)]));
        await DoAsync("PUT", OperatorOf(MatrixCaller.Inspect), MatrixCaller.Host, new GrantRequest(OperatorRight.Inspect));
        await DoAsync("PUT", OperatorOf(MatrixCaller.Full), MatrixCaller.Host, new GrantRequest(OperatorRight.Full));
        await DoAsync("GET", Routes.Transcript, MatrixCaller.Revoked);
        await DoAsync("DELETE", Routes.Invitation.Replace("{client}", EmailOf(MatrixCaller.Revoked), StringComparison.Ordinal), MatrixCaller.Host);
    }

    private static string OperatorOf(MatrixCaller caller) => Routes.Operator.Replace("{email}", EmailOf(caller), StringComparison.Ordinal);

    private async Task<string> MakeTokenAsync(TokenRight right, string? computer)
    {
        using var answer = await SendAsync("POST", Routes.Tokens, tokens[MatrixCaller.Host], new MakeTokenRequest($"{right} {computer}", right, computer));
        return (await answer.Content.ReadFromJsonAsync<MadeToken>(WireJson.Options, Cancellation))!.Token;
    }

    private async Task<string> ComputerAsync()
    {
        using var answer = await SendAsync("GET", Routes.For(Routes.Session, Session), tokens[MatrixCaller.Host]);
        return (await answer.Content.ReadFromJsonAsync<SessionDetails>(WireJson.Options, Cancellation))!.Summary.Computer!;
    }

    /// <summary>Somebody who has been here once: their account exists.</summary>
    private async Task<string> TokenAsync(string email, string name)
    {
        var token = await hosted.Servers.TokenAsync(new { Email = email, Name = name });
        var (status, _, text) = await AskAsync("GET", Routes.Me, token);
        Assert.True(status == 200, text);
        return token;
    }

    private async Task AskForAsync(string token, params Permission[] permissions)
    {
        var (status, _, text) = await AskAsync("POST", Routes.Permissions, token, new RequestPermissionsRequest(permissions));
        Assert.True(status == 200, text);
    }

    private async Task DoAsync(string method, string route, MatrixCaller caller, object? body = null)
    {
        var (status, _, text) = await AskAsync(method, Routes.For(route, Session), tokens[caller], body);
        Assert.True(status < 300, $"{method} {route} by {caller}: {status} {text}");
    }
}
