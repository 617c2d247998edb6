using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>
/// Somebody asks, an administrator approves, and it counts with the sign-in that is there; what is taken away ends windows within 5 seconds
/// and closes sessions (rules A2 to A4). The server's host administers Contoso; a settings file makes the client an administrator of Fabrikam.
/// </summary>
public sealed class PermissionStory : IAsyncLifetime
{
    private static readonly TimeSpan WindowsEndWithin = TimeSpan.FromSeconds(5);

    private ServerProcesses servers = null!;
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync(environment => environment["OrleansKd__Organizations__1__Administrators__0"] = "client@fabrikam.example");
        server = await servers.StartServerAsync("all");
        await servers.SignInAsync(server.Address);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    [Fact]
    public async Task Permissions_WhenTakenAwayAskedForAndApproved_CountAtOnceWithoutSigningInAgain()
    {
        await servers.StartAgentAsync(server.Address);
        var id = await HostAsync("first");

        // Without Host the open session is closed, not terminated, and no new one begins.
        (await RunAsync("host", "permissions", "revoke", "host@contoso.example", "--host", "--reason", "audit")).Succeeded();
        await UntilAsync(async () => (await RunAsync("host", "sessions", "list")).Out.Contains("closed", StringComparison.Ordinal));
        var refused = await RunAsync("host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", "second");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("may not host sessions", refused.Error, StringComparison.Ordinal);
        Assert.Contains("took away Host Sessions", (await RunAsync("host", "whoami")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("host", "sessions", "reopen", id)).ExitCode);

        // Asked for and approved: the same profile, the same token.
        var asked = (await RunAsync("host", "permissions", "request", "--host", "--reason", "audit is over", "--json")).Succeeded();
        Assert.Equal("host", JsonDocument.Parse(asked.Out).RootElement.GetProperty("request").GetProperty("permissions")[0].GetString());
        Assert.Contains("1 person waits for your decision", (await RunAsync("host", "whoami")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains("audit is over", (await RunAsync("host", "permissions", "list")).Succeeded().Out, StringComparison.Ordinal);
        (await RunAsync("host", "permissions", "approve", "host@contoso.example")).Succeeded();
        await HostAsync("second");
        await UntilAsync(async () => (await RunAsync("host", "sessions", "reopen", id)).ExitCode == 0);
        (await RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded();
        var transcript = (await RunAsync("host", "sessions", "export", id, "--format", "text")).Succeeded().Out;
        Assert.Contains("Session closed: Hanna Host may not host sessions any more", transcript, StringComparison.Ordinal);
        Assert.Contains("$1 = 42", transcript, StringComparison.Ordinal);

        var log = JsonDocument.Parse((await RunAsync("host", "permissions", "log", "--json")).Succeeded().Out).RootElement.GetProperty("items");
        Assert.Equal(["approved", "requested", "takenAway"], log.EnumerateArray().Select(item => item.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Watch_WhenJoinIsTakenAway_EndsWithinFiveSeconds()
    {
        await servers.StartAgentAsync(server.Address);
        var id = await HostAsync("watched");
        (await RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();
        var watching = servers.Start(server.Address, "client", "sessions", "watch", id);
        await watching.WaitForAsync(text => text.Contains("(gdb)", StringComparison.Ordinal), "the prompt");

        var elapsed = Stopwatch.StartNew();
        await RevokeAsync("client@fabrikam.example", Permission.Join);
        var decidedAfter = elapsed.Elapsed;
        var ended = await watching.EndAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"Decided after {decidedAfter.TotalSeconds:F2} s; the window's program had ended after {elapsed.Elapsed.TotalSeconds:F2} s.");
        Assert.True(elapsed.Elapsed < WindowsEndWithin, $"It took {elapsed.Elapsed}.");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("no such session", ended.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("client", "sessions", "watch", id)).ExitCode);
        Assert.DoesNotContain(id, (await RunAsync("client", "sessions", "list")).Succeeded().Out, StringComparison.Ordinal);
        // The host goes on, and reads why the client is gone.
        (await RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded();
        Assert.Contains("may not see this session any more", (await RunAsync("host", "sessions", "export", id, "--format", "text")).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_WhenSomethingIsWrong_SayWhatWithTheDocumentedExitCode()
    {
        await RefusedAsync(2, "--host, --join, or both", "permissions", "request");
        await RefusedAsync(2, "--host, --join, or both", "permissions", "revoke", "host@contoso.example");
        await RefusedAsync(2, "'0' is not a number", "permissions", "log", "--take", "0");
        await RefusedAsync(1, "'nobody' is not an e-mail address", "permissions", "approve", "nobody");
        await RefusedAsync(1, "client@fabrikam.example is no address of Contoso", "permissions", "revoke", "client@fabrikam.example", "--join");
        await RefusedAsync(1, "has asked for nothing", "permissions", "approve", "host@contoso.example");
        await RefusedAsync(1, "is the last administrator of Contoso", "administrators", "dismiss", "host@contoso.example");
        await RefusedAsync(1, "Nobody has signed in as new@contoso.example yet", "administrators", "rebind", "new@contoso.example");
        (await RunAsync("host", "administrators", "appoint", "new@contoso.example")).Succeeded();
        Assert.Contains("new@contoso.example", (await RunAsync("host", "administrators", "list")).Succeeded().Out, StringComparison.Ordinal);
        (await RunAsync("host", "administrators", "dismiss", "new@contoso.example")).Succeeded();
        Assert.Contains("orleanskd permissions request --host", (await RunAsync("host", "permissions", "--help")).Succeeded().Out, StringComparison.Ordinal);
        var problem = await RunAsync("host", "administrators", "dismiss", "host@contoso.example", "--json");
        Assert.Equal("wrong-state", JsonDocument.Parse(problem.Error).RootElement.GetProperty("code").GetString());
    }

    /// <summary>As the administrator, without a program whose start takes longer than what it does.</summary>
    private async Task RevokeAsync(string email, Permission permission)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Routes.RevokePermissions));
        request.Headers.Authorization = new("Bearer", await servers.TokenAsync(new { Email = "client@fabrikam.example", Name = "Clive Client" }));
        request.Content = JsonContent.Create(new DecidePermissionsRequest(email, [permission]), options: WireJson.Options);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string> HostAsync(string name)
    {
        var hosted = (await RunAsync("host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", name, "--json")).Succeeded();
        return JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
    }

    private async Task RefusedAsync(int exitCode, string named, params string[] arguments)
    {
        var result = await RunAsync("host", arguments);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Empty(result.Out);
    }

    private Task<ProgramResult> RunAsync(string profile, params string[] arguments) => servers.Start(server.Address, profile, arguments).EndAsync();

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo())
            limit.Token.ThrowIfCancellationRequested();
    }
}
