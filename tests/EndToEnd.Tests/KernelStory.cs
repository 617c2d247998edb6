using System.Text.Json;
using OrleansKd.Agent.Control;
using OrleansKd.Testing.Kernel;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>
/// A real Linux kernel, debugged by the command line alone from hosting to termination, with the agent killed on the way. The kernel's
/// own clock shows after each step whether it runs (rules B4, E4, F2 to F6, F9).
/// </summary>
public sealed class KernelStory : IAsyncLifetime
{
    /// <summary>Exit code: the command was sent, and the target runs.</summary>
    private const int TargetRuns = 3;

    private ServerProcesses servers = null!;
    private ServerProcess server = null!;
    private KernelGuest guest = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(KernelFiles.Missing is not null, KernelFiles.Missing ?? "");
        servers = await ServerProcesses.OpenAsync();
        server = await servers.StartServerAsync("all");
        await servers.SignInAsync(server.Address);
        guest = await KernelGuest.BootAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (servers is not null)
            await servers.DisposeAsync();
        if (guest is not null)
            await guest.DisposeAsync();
    }

    [Fact]
    public async Task Kernel_FromHostingToTermination_IsStoppedOnlyWhenSomebodyStoppedIt()
    {
        // Through a server: no caution, no confirmation. The agent of this computer comes by itself.
        var id = await HostAsync();
        await guest.StandsStillAsync();
        Assert.Contains("rip", await AnswerAsync(id, "info registers rip"), StringComparison.Ordinal);
        Assert.Contains("reakpoint 1 at", await AnswerAsync(id, "hbreak __x64_sys_execve"), StringComparison.Ordinal);
        Assert.Contains("Breakpoint 1, ", (await RunAsync("sessions", "run", id, "continue", "--wait")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains("#0 ", await AnswerAsync(id, "bt"), StringComparison.Ordinal);
        await AnswerAsync(id, "delete 1");

        await ContinueAsync(id);
        await BreakAsync(id);
        Assert.Contains("#0 ", await AnswerAsync(id, "bt"), StringComparison.Ordinal);

        // Closed: let run, then left stopped. Each time the next gdb finds the kernel at the stub.
        (await RunAsync("sessions", "close", id, "--target", "let-run")).Succeeded();
        await UntilListedAsync(id, "closed");
        await guest.RunsAsync();
        await ReopenAsync(id);
        (await RunAsync("sessions", "close", id, "--target", "leave-stopped")).Succeeded();
        Assert.Contains("TARGET STOPPED", await UntilListedAsync(id, "closed", "TARGET STOPPED"), StringComparison.Ordinal);
        await guest.StandsStillAsync();
        await ReopenAsync(id);

        // The agent is killed while the kernel is stopped, and while it runs towards a breakpoint.
        await KillAgentAsync();
        await guest.StandsStillAsync();
        await ReopenAsync(id);
        await AnswerAsync(id, "hbreak __x64_sys_execve");
        await AnswerAsync(id, "ignore 1 1000000");
        await ContinueAsync(id);
        await KillAgentAsync();
        await guest.RunsAsync();
        await ReopenAsync(id);

        // Terminated: the kernel waits, stopped, for the next session; that one lets it run.
        (await RunAsync("sessions", "terminate", id, "--yes", "--target", "leave-stopped")).Succeeded();
        await UntilListedAsync(id, "terminated", "exited");
        await guest.StandsStillAsync();
        var next = await HostAsync();
        Assert.Contains("#0 ", await AnswerAsync(next, "bt 1"), StringComparison.Ordinal);
        (await RunAsync("sessions", "terminate", next, "--yes", "--target", "let-run")).Succeeded();
        await UntilListedAsync(next, "terminated", "exited");
        await guest.RunsAsync();
        Assert.True(guest.IsAlive);

        Check(await ExportAsync(id));
    }

    /// <summary>The transcript tells all of it, in order, with its authors and reasons.</summary>
    private static void Check(string text)
    {
        string[] story =
        [
            "Session “kernel” hosted by Hanna Host (Contoso)", Line("info registers rip"), Line("hbreak __x64_sys_execve"), Line("continue"), "Breakpoint 1, ", Line("bt"),
            Line("delete 1"), Line("continue"), "Break by Hanna Host (Contoso)", "SIGINT", Line("bt"),
            "Session closed by Hanna Host (Contoso)", "Session re-opened by Hanna Host (Contoso)",
            "Session closed by Hanna Host (Contoso)", "the target is left stopped", "Session re-opened by Hanna Host (Contoso)",
            "Session closed: The agent on ", "Session re-opened by Hanna Host (Contoso)", Line("hbreak __x64_sys_execve"), Line("ignore 1 1000000"), Line("continue"),
            "Session closed: The agent on ", "Session re-opened by Hanna Host (Contoso)",
            "Session terminated by Hanna Host (Contoso)",
        ];
        var at = 0;
        foreach (var part in story)
        {
            var found = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is not where it belongs in:\n{text}");
            at = found + part.Length;
        }
    }

    /// <summary>A command as the transcript shows it, with its author.</summary>
    private static string Line(string command) => $"{command}    ── Hanna Host (Contoso)";

    private async Task<string> HostAsync()
    {
        var result = (await RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", guest.Arguments, "--name", "kernel", "--json")).Succeeded();
        var id = JsonDocument.Parse(result.Out).RootElement.GetProperty("id").GetString()!;
        Assert.Contains("6", await AnswerAsync(id, "print 2*3"), StringComparison.Ordinal);
        return id;
    }

    /// <summary>The first command may follow at once.</summary>
    private async Task ReopenAsync(string id)
    {
        (await RunAsync("sessions", "reopen", id)).Succeeded();
        Assert.Contains("#0 ", await AnswerAsync(id, "bt 1"), StringComparison.Ordinal);
        await guest.StandsStillAsync();
    }

    private async Task<string> AnswerAsync(string id, string command) => (await RunAsync("sessions", "run", id, command)).Succeeded().Out;

    private async Task ContinueAsync(string id)
    {
        var run = await RunAsync("sessions", "run", id, "continue");
        Assert.Equal(TargetRuns, run.ExitCode);
        Assert.Contains("Break brings the prompt back", run.Error, StringComparison.Ordinal);
        await UntilListedAsync(id, "running");
        await guest.RunsAsync();
    }

    private async Task BreakAsync(string id)
    {
        (await RunAsync("sessions", "break", id)).Succeeded();
        await UntilListedAsync(id, "ready");
        await guest.StandsStillAsync();
    }

    private async Task KillAgentAsync()
    {
        var agent = (await ControlClient.AskAsync(servers.AgentPlaceOf(server.Address), ControlVerb.Status, TestContext.Current.CancellationToken))!.ProcessId;
        ProgramRun.Signal(agent, 9);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Directory.Exists($"/proc/{agent}"))
            await ticks.WaitForNextTickAsync(limit.Token);
    }

    private async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        await using var run = servers.Start(server.Address, "host", arguments);
        return await run.EndAsync();
    }

    private async Task<string> UntilListedAsync(string id, params string[] words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var line = (await RunAsync("sessions", "list")).Succeeded().Out.Split('\n').Single(line => line.StartsWith(id, StringComparison.Ordinal));
            if (words.All(word => line.Contains(word, StringComparison.Ordinal)))
                return line;
            Assert.False(limit.IsCancellationRequested, $"Waited for {string.Join(", ", words)}: {line}");
        }
    }

    private async Task<string> ExportAsync(string id) => (await RunAsync("sessions", "export", id, "--format", "text")).Succeeded().Out;
}
