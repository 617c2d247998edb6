using OrleansKd.Agent.Debugger;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A gdb in which the agent's part can't run is refused before it touches a target: nobody would leave that for it.</summary>
public sealed class GdbPythonTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-python-").FullName;

    /// <summary>Debian's gdb without Python; <c>tests/Testing/GdbMinimal/fetch</c> gets it.</summary>
    private static string Minimal => Path.Combine(new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName, "gdb-minimal", "gdb");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Start_OfAGdbWithoutPython_IsRefusedBeforeItAttaches()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");

        Assert.Contains("This gdb has no Python", await ProblemAsync(MinimalOrSkip(), $"-q -nx -p {counter.Id} -ex 'shell touch {folder}/started'"), StringComparison.Ordinal);

        await Eventually.TrueAsync(() => counter.State == 'S', $"it is {counter.State}");
        Assert.False(File.Exists(Path.Combine(folder, "started")));
    }

    [Fact]
    public async Task Start_OfAGdbWithoutPython_IsRefusedBeforeItConnects()
    {
        using var stub = await GdbServer.StartAsync(await SampleProgram.CompileAsync("tick", folder), Path.Combine(folder, "count"));

        Assert.Contains("This gdb has no Python", await ProblemAsync(MinimalOrSkip(), stub.Arguments), StringComparison.Ordinal);

        await using var next = await GdbSession.StartAsync(stub.Arguments);
        Assert.Contains($"process {stub.TargetId}", await next.RunAsync("info inferiors"), StringComparison.Ordinal);
    }

    /// <summary>As in one that is too old: what it lacks is an error in the script.</summary>
    [Fact]
    public async Task Start_OfAGdbWhosePythonLacksSomething_IsRefusedToo()
    {
        var gdb = Path.Combine(folder, "gdb-old");
        await File.WriteAllTextAsync(gdb, "#!/bin/sh\nexec gdb -iex 'python del gdb.events' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(gdb, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Contains("This gdb has no Python", await ProblemAsync(gdb, "-q -nx"), StringComparison.Ordinal);
    }

    private static string MinimalOrSkip()
    {
        Assert.SkipWhen(!File.Exists(Minimal), $"There is no gdb without Python at '{Minimal}': run tests/Testing/GdbMinimal/fetch.");
        return Minimal;
    }

    private async Task<string> ProblemAsync(string program, string arguments)
    {
        var launcher = new DebuggerLauncher(AllowedDebuggers.Find("", [program]), TimeProvider.System);
        return (await Assert.ThrowsAsync<DebuggerStartException>(() => launcher.StartAsync(program, arguments, folder, new RecordedRun()))).Message;
    }
}
