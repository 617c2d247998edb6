using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>
/// The end of the agent's program while its gdb works through a real gdbserver: the server's process is never killed, and stays as it was,
/// running or stopped. It counts, which shows that it runs.
/// </summary>
public sealed class AgentEndTests : IAsyncLifetime
{
    /// <summary>A breakpoint that is met all the time and stops it only in a million: one that stays behind stops or ends it at once.</summary>
    private static readonly string[] Trap = ["break tick", "ignore 1 1000000"];

    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-ticks-").FullName;
    private GdbServer stub = null!;

    public static TheoryData<string> Connections => ["target remote", "target extended-remote"];

    private string CounterFile => Path.Combine(folder, "count");

    public async ValueTask InitializeAsync() => stub = await GdbServer.StartAsync(await SampleProgram.CompileAsync("tick", folder), CounterFile);

    public ValueTask DisposeAsync()
    {
        stub.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Kill_WhileTheTargetIsStopped_KeepsItStoppedForTheNextGdb(string connection)
    {
        await using var gdb = await HostAsync(connection, "break tick", "continue");
        await gdb.KillAgentAsync();
        await StandsStillAsync();
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Kill_WhileTheTargetRunsTowardsABreakpoint_LetsItRunWithoutTheBreakpoint(string connection)
    {
        await using var gdb = await HostAsync(connection, Trap);
        await gdb.ResumeAsync("continue");
        await gdb.KillAgentAsync();
        await RunsAsync();
    }

    [Theory]
    [InlineData("python while True: pass")]
    [InlineData("python while True: gdb.selected_inferior().read_memory(gdb.parse_and_eval('$sp'), 4096)")]
    public async Task Kill_InMidCommand_KeepsTheStoppedTargetStopped(string command)
    {
        await using var gdb = await HostAsync("target remote", "break tick", "continue");
        await gdb.BeginAsync(command);
        await gdb.KillAgentAsync();
        await StandsStillAsync();
    }

    /// <summary>gdb waits for its shell as long as that lives; the target waits with it.</summary>
    [Fact]
    public async Task Kill_WhileGdbWaitsForAShell_KeepsTheStoppedTargetStopped()
    {
        await using var gdb = await HostAsync("target remote", "break tick", "continue");
        await gdb.BeginAsync("shell sleep 600");
        await gdb.KillAgentAsync(async debugger =>
        {
            await Eventually.TrueAsync(() => HostedDebugger.Children(debugger).Any(), "the shell");
            Assert.Equal('t', stub.TargetState);
            foreach (var shell in HostedDebugger.Children(debugger))
                ProgramRun.Signal(shell, 9);
        });
        await StandsStillAsync();
    }

    [Fact]
    public async Task Kill_WhileGdbCallsAFunctionOfTheTarget_KeepsItStoppedWhereItWas()
    {
        await using var gdb = await HostAsync("target remote", "break tick", "continue");
        await gdb.BeginAsync("print ((int(*)(unsigned))usleep)(60000000)");
        await Eventually.TrueAsync(() => stub.TargetState == 'S', $"the call; it is {stub.TargetState}");
        await gdb.KillAgentAsync();
        await StandsStillAsync();
    }

    [Theory]
    [InlineData("stepi 100000000")]
    [InlineData("next 100000000")]
    public async Task Kill_WhileTheTargetIsStepped_LetsItRun(string command)
    {
        await using var gdb = await HostAsync("target remote", [.. Trap, "tbreak usleep", "continue"]);
        await gdb.ResumeAsync(command);
        await gdb.KillAgentAsync();
        await RunsAsync();
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Terminate_WhileTheTargetIsStopped_KeepsItStoppedForTheNextGdb(string connection)
    {
        await using var gdb = await HostAsync(connection, "break tick", "continue");
        await gdb.TerminateAgentAsync();
        await StandsStillAsync();
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Terminate_WhileTheTargetRunsTowardsABreakpoint_LetsItRunWithoutTheBreakpoint(string connection)
    {
        await using var gdb = await HostAsync(connection, Trap);
        await gdb.ResumeAsync("continue");
        await gdb.TerminateAgentAsync();
        await RunsAsync();
    }

    private Task<HostedDebugger> HostAsync(string connection, params string[] commands) =>
        HostedDebugger.StartAsync(stub.Arguments.Replace("target remote", connection, StringComparison.Ordinal), commands);

    /// <summary>The next gdb finds the same process, stopped, and lets it go on.</summary>
    private async Task StandsStillAsync()
    {
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
        Assert.Equal("0000000000000000", Pending());
        await using var next = await GdbSession.StartAsync(stub.Arguments);
        Assert.Contains($"process {stub.TargetId}", await next.RunAsync("info inferiors"), StringComparison.Ordinal);
        await next.RunAsync("detach");
        await RunsAsync();
    }

    /// <summary>Signals that wait until it goes on; one would end it.</summary>
    private string Pending() => File.ReadLines($"/proc/{stub.TargetId}/status").Single(line => line.StartsWith("ShdPnd:", StringComparison.Ordinal)).Split('\t')[1];

    private async Task RunsAsync()
    {
        var start = Count();
        await Eventually.TrueAsync(() => Count() > start + 100, $"it counts on from {start}; it is {stub.TargetState}");
        Assert.True(stub.IsAlive);
    }

    /// <summary>From the file that the program's memory is mapped to.</summary>
    private int Count()
    {
        if (!File.Exists(CounterFile))
            return 0;
        using var file = new FileStream(CounterFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> number = stackalloc byte[sizeof(int)];
        return file.Read(number) == number.Length ? BitConverter.ToInt32(number) : 0;
    }
}
