using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Rule B2: each way not to start has its own message.</summary>
public sealed class DebuggerStartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-start-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Start_WhenThereIsNoSuchFile_SaysNotFoundAndWhatIsAllowed()
    {
        var message = await ProblemAsync("/no/such/gdb");
        Assert.Contains("'/no/such/gdb' was not found", message, StringComparison.Ordinal);
        Assert.Contains("/gdb", message.Split("Allowed here:")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenTheFileIsNoProgram_SaysNotExecutable()
    {
        var file = Path.Combine(folder, "gdb");
        await File.WriteAllTextAsync(file, "text", TestContext.Current.CancellationToken);
        Assert.Contains("not executable", await ProblemAsync(file, allow: file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenTheOwnerDoesNotAllowIt_SaysNotAllowed() =>
        Assert.Contains("not allowed", await ProblemAsync("/bin/sh"), StringComparison.Ordinal);

    [Fact]
    public async Task Start_WhenItEndsAtOnce_ShowsExitCodeAndWhatItPrinted()
    {
        var message = await ProblemAsync("gdb", "--no-such-option key=geheim");
        Assert.Contains("ended with exit code 1 before its first prompt", message, StringComparison.Ordinal);
        Assert.Contains("no-such-option", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenNoPromptComesInTime_SaysSoAndEndsIt()
    {
        var message = await ProblemAsync("gdb", "-q -nx -ex 'python print(\"still loading\")' -ex 'python import time; time.sleep(3600)'");
        Assert.Contains("no prompt within 10 seconds", message, StringComparison.Ordinal);
        Assert.Contains("still loading", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenTheProgramPrintsASecret_MasksIt()
    {
        var program = Program("gdb-loud", "echo \"connecting with $6\"; exit 3");
        var message = await ProblemAsync(program, "x tcp:server=a,password=hunter2", program);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.Contains("password=…", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-remote tcp:server=lab,port=5005;password=hunter2")]
    [InlineData("-remote password=hunter2")]
    [InlineData("-remote com:port=1,baud=9600 PASSWORD = hunter2,channel=1")]
    public async Task Start_WhenTheWrongPartHoldsASecret_NamesThePartWithoutIt(string arguments)
    {
        var kd = Program("kd", "exit 0");
        Assert.DoesNotContain("hunter2", await ProblemAsync(kd, arguments.Replace(" PASS", "\\ PASS", StringComparison.Ordinal).Replace(" = ", "\\ =\\ ", StringComparison.Ordinal), kd), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenTheEndOfWhatWasPrintedBeginsInASecret_ShowsNoHalfOfIt()
    {
        var program = Program("gdb-loud", "printf '%s' \"${6#*password=}\"; head -c 4093 /dev/zero | tr '\\0' x; exit 3");
        Assert.DoesNotContain("er2", await ProblemAsync(program, "x tcp:server=a,password=hunter2", program), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfALinkToAnAllowedDebugger_StartsTheAllowedPath()
    {
        var link = Path.Combine(folder, "my-debugger");
        var gdb = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), []);
        File.CreateSymbolicLink(link, gdb.Resolve("gdb"));
        Assert.Equal(gdb.Resolve("gdb"), gdb.Resolve(link));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Start_OfAKernelDebugger_SaysWhichPartOfTheTransportIsWrong()
    {
        var kd = Program("kd", "exit 0");
        Assert.Contains("port=99999 is no port", await ProblemAsync(kd, "–remote tcp:server=lab,port=99999", kd), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gdb", "", "has no secure mode")]
    [InlineData("kd", "-remote tcp:server=lab,port=1", "belongs to the KD server")]
    public async Task Start_InSecureMode_WhereThereIsNone_SaysWhy(string name, string arguments, string why)
    {
        var program = Program(name, "exit 0");
        var launcher = new DebuggerLauncher(AllowedDebuggers.Find("", [program]), TimeProvider.System);
        var problem = await Assert.ThrowsAsync<DebuggerStartException>(() => launcher.StartAsync(program, arguments, folder, new RecordedRun(), isSecure: true));
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAnLldbWithoutItsPythonModule_SaysSoAndStartsNothing()
    {
        var lldb = Program("lldb", $"touch {folder}/started");
        Assert.Contains("lldb needs its Python module", await ProblemAsync(lldb, "-p 1", lldb), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "started")));
    }

    [Fact]
    public async Task Start_InSecureMode_PutsItIntoTheCommandLine()
    {
        var program = Program("kd", "echo \"got $*\"; exit 3");
        var launcher = new DebuggerLauncher(AllowedDebuggers.Find("", [program]), TimeProvider.System);
        var problem = await Assert.ThrowsAsync<DebuggerStartException>(() => launcher.StartAsync(program, "-server tcp:port=1 -k com:port=2", folder, new RecordedRun(), isSecure: true));
        Assert.Contains("got -server tcp:port=1 -secure -k com:port=2", problem.Message, StringComparison.Ordinal);
    }

    private string Program(string name, string script)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private async Task<string> ProblemAsync(string location, string arguments = "", params string[] allow)
    {
        var launcher = new DebuggerLauncher(AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), allow), TimeProvider.System);
        return (await Assert.ThrowsAsync<DebuggerStartException>(() => launcher.StartAsync(location, arguments, folder, new RecordedRun()))).Message;
    }
}
