using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>A client who may inspect (rule E7): their reading commands run under their name, nothing else does, and nothing once the right is gone.</summary>
public sealed class OperatorStory
{
    private const string Client = "client@fabrikam.example";

    [Fact]
    public async Task Host_WhenLettingAClientInspect_HasTheirReadingCommandsRunAndNothingElse()
    {
        await using var stage = await Stage.OpenAsync();
        var id = await stage.HostAsync(await SampleProgram.CompileAsync("crash", stage.Folder));
        (await stage.RunAsync("host", "sessions", "invite", id, Client)).Succeeded();
        (await stage.RunAsync("host", "sessions", "run", "--wait", id, "run")).Succeeded();
        Assert.Contains("Only the host", (await stage.RunAsync("client", "sessions", "run", id, "bt")).Error, StringComparison.Ordinal);

        (await stage.RunAsync("host", "sessions", "grant", id, Client, "inspect")).Succeeded();
        Assert.Contains("in main", (await stage.RunAsync("client", "sessions", "run", id, "bt")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains("“shell”", (await stage.RunAsync("client", "sessions", "run", id, "shell id")).Error, StringComparison.Ordinal);
        Assert.Contains("full control", (await stage.RunAsync("client", "sessions", "break", id)).Error, StringComparison.Ordinal);
        var transcript = await stage.ExportAsync("host", id);
        Assert.Contains("gave", transcript, StringComparison.Ordinal);
        Assert.DoesNotContain("shell id", transcript, StringComparison.Ordinal);

        // What waits when the right is taken away never runs. The debugger is busy until then, however slow this machine is.
        var gate = Path.Combine(stage.Folder, "gate");
        await using var busy = stage.Start("host", "sessions", "run", id, $"shell while [ ! -e {gate} ]; do sleep 0.1; done");
        await stage.UntilAsync(result => result.Out.Contains("runs ", StringComparison.Ordinal), "host", "sessions", "queue", "list", id);
        await using var waiting = stage.Start("client", "sessions", "run", id, "info registers");
        await stage.UntilAsync(result => result.Out.Contains("info registers", StringComparison.Ordinal), "host", "sessions", "queue", "list", id);
        (await stage.RunAsync("host", "sessions", "ungrant", id, Client)).Succeeded();
        Assert.Contains("taken away", (await waiting.EndAsync()).Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        (await busy.EndAsync()).Succeeded();
        Assert.Contains("Only the host", (await stage.RunAsync("client", "sessions", "run", id, "bt")).Error, StringComparison.Ordinal);
    }
}
