using System.Text.Json;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>Each request of the host's command line reaches a real server, which acts, and loses its answer: nothing is done twice, and the command line says what came of it.</summary>
public sealed class LostAnswerStory : IAsyncLifetime
{
    private const string Client = "client@fabrikam.example";

    private ServerProcesses servers = null!;
    private LosingProxy proxy = null!;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync();
        proxy = new LosingProxy((await servers.StartServerAsync("all")).Address.Port);
        await servers.SignInAsync(proxy.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await servers.DisposeAsync();
    }

    [Fact]
    public async Task Host_WhenAnswersAreLost_HasEverythingDoneOnce()
    {
        await servers.StartAgentAsync(proxy.Address);
        var id = (await LosingAsync("POST /api/sessions ", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", "once", "--yes")).Succeeded().Out.Trim();
        var sessions = JsonDocument.Parse((await RunAsync("sessions", "list", "--json")).Succeeded().Out).RootElement;
        Assert.Equal([id], sessions.EnumerateArray().Select(session => session.GetProperty("id").GetString()));

        // gdb numbers what it prints: it was asked once.
        var resource = $"POST /api/sessions/{id}/";
        Assert.Equal("$1 = 42\n", (await LosingAsync(resource + "commands ", "sessions", "run", id, "print 6*7")).Succeeded().Out);
        var suggestion = (await LosingAsync(resource + "suggestions ", "sessions", "suggest", id, "print 6*8")).Succeeded().Out.Trim();
        (await LosingAsync($"{resource}suggestions/{suggestion} ", "sessions", "suggestions", "run", id, suggestion)).Succeeded();
        Assert.Equal("$3 = 1\n", (await RunAsync("sessions", "run", id, "print 1")).Succeeded().Out);
        Assert.Equal("[]", (await RunAsync("sessions", "suggestions", "list", id, "--json")).Succeeded().Out.Trim());

        (await LosingAsync(resource + "notes ", "sessions", "note", id, "look here")).Succeeded();
        (await LosingAsync(resource + "invitations ", "sessions", "invite", id, Client)).Succeeded();
        // This one has no name: it was done, and its repeat is refused.
        var kicked = await LosingAsync($"DELETE /api/sessions/{id}/invitations/", "sessions", "kick", id, Client);
        Assert.Equal(8, kicked.ExitCode);
        Assert.Contains("may have been done. Asked again, it says: client@fabrikam.example is not invited", kicked.Error, StringComparison.Ordinal);

        (await LosingAsync(resource + "close ", "sessions", "close", id, "--target", "leave-stopped")).Succeeded();
        (await LosingAsync(resource + "reopen ", "sessions", "reopen", id)).Succeeded();
        (await LosingAsync(resource + "break ", "sessions", "break", id)).Succeeded();
        (await LosingAsync(resource + "terminate ", "sessions", "terminate", id, "--target", "let-run", "--yes")).Succeeded();
        (await LosingAsync("POST /api/permissions ", "permissions", "request", "--host")).Succeeded();

        var kinds = (await RunAsync("sessions", "export", id, "--format", "jsonl")).Succeeded().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!).ToArray();
        Assert.Equal(3, kinds.Count(kind => kind == "commandEntered"));
        foreach (var once in (string[])["noteAdded", "commandSuggested", "clientInvited", "clientRevoked", "sessionClosed", "sessionReopened", "sessionTerminated"])
            Assert.True(kinds.Count(kind => kind == once) == 1, $"{once} in {string.Join(" ", kinds)}");
    }

    private async Task<ProgramResult> LosingAsync(string request, params string[] arguments)
    {
        proxy.LoseNext(request);
        var result = await RunAsync(arguments);
        Assert.True(proxy.HasLost, $"'{request}' never came: {result.Error}");
        return result;
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => servers.Start(proxy.Address, "host", arguments).EndAsync();
}
