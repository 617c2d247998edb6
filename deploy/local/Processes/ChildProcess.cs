using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansKd.Local.Azurite;

namespace OrleansKd.Local.Processes;

/// <summary>
/// One of our programs as a process of its own, in a session of its own so that the terminal's Ctrl+C reaches only the launcher,
/// and ended with the launcher however that ends (Linux). What it prints goes to a log file.
/// </summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    /// <summary>A silo drains in under 5 seconds, an agent leaves its debuggers in about as long.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private const int SigTerm = 15;

    private readonly Process process;
    private readonly string log;
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, string log) => (this.process, this.log) = (process, log);

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited => exited.Task;

    /// <param name="program">Name of the program's assembly, built beside this one.</param>
    /// <param name="environment">Beside this process's own.</param>
    /// <param name="log">File that is written anew.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log)
    {
        List<string> command = [Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", BuiltProgram.PathOf(program), .. arguments];
        if (OperatingSystem.IsLinux() && ProgramOnPath.Find("setsid") is { } setsid && ProgramOnPath.Find("setpriv") is { } setpriv)
            command.InsertRange(0, [setsid, setpriv, "--pdeathsig", "TERM", "--"]);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var child = new ChildProcess(new Process { StartInfo = start }, log);
        child.RunOnOwnThread(program);
        return child;
    }

    /// <summary>The end of its log, for messages.</summary>
    public string LastLines(int count = 15)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(count));
    }

    public async ValueTask DisposeAsync()
    {
        if (!exited.Task.IsCompleted)
        {
            if (OperatingSystem.IsWindows())
                process.Kill(entireProcessTree: true);
            else
                _ = Kill(process.Id, SigTerm);
            try
            {
                await exited.Task.WaitAsync(StopLimit);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                await exited.Task;
            }
        }
        process.Dispose();
    }

    // The parent's-death signal comes when the thread that started the child ends, so that thread lives as long as the child.
    private void RunOnOwnThread(string program)
    {
        using var started = new ManualResetEventSlim();
        Exception? failure = null;
        new Thread(() =>
        {
            using var file = new StreamWriter(new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
            process.OutputDataReceived += (_, e) => Write(file, e.Data);
            process.ErrorDataReceived += (_, e) => Write(file, e.Data);
            try
            {
                process.Start();
                process.StandardInput.Close();
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                failure = exception;
            }
            started.Set();
            if (failure is not null)
                return;
            process.WaitForExit();
            exited.TrySetResult(process.ExitCode);
        })
        { IsBackground = true, Name = program }.Start();
        started.Wait();
        if (failure is not null)
            throw new LocalException($"{program} could not be started: {failure.Message}", failure);
    }

    private static void Write(StreamWriter file, string? line)
    {
        if (line is null)
            return;
        lock (file)
            file.WriteLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
