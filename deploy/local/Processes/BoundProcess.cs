using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansKd.Local.Processes;

/// <summary>
/// A process whose output is read line by line and which, on Linux, ends with this one however this one ends.
/// </summary>
internal sealed partial class BoundProcess : IDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private readonly Process process;
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BoundProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Completes with the exit code, for whatever reason it ended.</summary>
    public Task<int> Exited => exited.Task;

    /// <param name="start">File name, arguments, folder, environment; the streams are set here.</param>
    /// <param name="parentsDeath">Name of the signal that it gets when this process dies.</param>
    /// <param name="ownSession">Out of reach of the terminal's Ctrl+C.</param>
    /// <param name="line">Called for each line of both outputs, on any thread.</param>
    /// <param name="failure">Makes the exception that says that it could not be started.</param>
    public static BoundProcess Start(ProcessStartInfo start, string parentsDeath, bool ownSession, Action<string> line, Func<Exception, Exception> failure)
    {
        Bind(start, parentsDeath, ownSession);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var bound = new BoundProcess(new Process { StartInfo = start });
        bound.process.OutputDataReceived += (_, e) => Pass(e.Data, line);
        bound.process.ErrorDataReceived += (_, e) => Pass(e.Data, line);
        if (bound.RunOnOwnThread() is { } problem)
            throw failure(problem);
        return bound;
    }

    /// <summary>Asks it to end with a signal, and ends it by force after the limit. Windows knows no such request: there it is ended at once.</summary>
    public async Task EndAsync(int signal, TimeSpan limit)
    {
        if (exited.Task.IsCompleted)
            return;
        if (OperatingSystem.IsWindows())
            process.Kill(entireProcessTree: true);
        else
            // Not reaped before its exit has been seen, so the id can't belong to another process.
            _ = Kill(process.Id, signal);
        try
        {
            await exited.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await exited.Task;
        }
    }

    public void Dispose() => process.Dispose();

    private static void Bind(ProcessStartInfo start, string parentsDeath, bool ownSession)
    {
        if (!OperatingSystem.IsLinux() || ProgramOnPath.Find("setpriv") is not { } setpriv)
            return;
        List<string> chain = [setpriv, "--pdeathsig", parentsDeath, "--", start.FileName];
        if (ownSession && ProgramOnPath.Find("setsid") is { } setsid)
            chain.Insert(0, setsid);
        start.FileName = chain[0];
        for (var i = 1; i < chain.Count; i++)
            start.ArgumentList.Insert(i - 1, chain[i]);
    }

    // The system sends the parent's-death signal when the thread that started the child ends, not the process: so that thread
    // lives exactly as long as the child.
    private Exception? RunOnOwnThread()
    {
        using var started = new ManualResetEventSlim();
        Exception? problem = null;
        new Thread(() =>
        {
            try
            {
                process.Start();
                process.StandardInput.Close();
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                problem = e;
            }
            started.Set();
            if (problem is not null)
                return;
            process.WaitForExit();
            exited.TrySetResult(process.ExitCode);
        })
        { IsBackground = true, Name = process.StartInfo.FileName }.Start();
        started.Wait();
        return problem;
    }

    private static void Pass(string? text, Action<string> line)
    {
        if (text is not null)
            line(text);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
