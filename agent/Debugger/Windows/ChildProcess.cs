using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace OrleansKd.Agent.Debugger.Windows;

/// <summary>
/// A program over pipes on Windows, in a process group of its own, so that Ctrl+Break reaches it and nobody else, and in a job
/// that ends it, with all that it started, when the agent ends in whatever way. Not run by this project's tests on Windows.
/// </summary>
/// <remarks>
/// Output and errors are two pipes: what kd prints all goes to the first. When the program has ended by itself, the job lets go of
/// what it started: a target that was let go lives on.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed class ChildProcess : IChildProcess
{
    private const int BlockBytes = 64 * 1024;
    private const int ThreadStackBytes = 256 * 1024;

    /// <summary>For what stands in the pipes when the program has ended. Something that it started may keep them open for ever.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly IChildOutput output;
    private readonly Process process;
    private readonly KernelJob job;
    private readonly OrderedWrites input = new();
    private readonly Lock reading = new();
    private bool hasEnded;

    private ChildProcess(IChildOutput output, Process process, KernelJob job) => (this.output, this.process, this.job) = (output, process, job);

    public int Id => process.Id;

    /// <summary>Starts a program. Output is delivered from now on.</summary>
    /// <exception cref="DebuggerStartException">The system did not start it.</exception>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IChildOutput output)
    {
        // It gets the agent's console: only there can Ctrl+Break be given. A service has none until it asks.
        if (Kernel32.GetConsoleCP() == 0)
            _ = Kernel32.AllocConsole();
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNewProcessGroup = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var job = KernelJob.Create();
        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
            job.Add(process.SafeHandle);
            var child = new ChildProcess(output, process, job);
            new Thread(child.Live, ThreadStackBytes) { IsBackground = true, Name = $"end of {process.Id}" }.Start();
            return child;
        }
        catch (Win32Exception problem)
        {
            job.Dispose();
            throw new DebuggerStartException($"The debugger was not started: {problem.Message}.", problem);
        }
    }

    public void Interrupt() => _ = Kernel32.GenerateConsoleCtrlEvent(Kernel32.CTRL_BREAK_EVENT, process.Id);

    /// <summary>Windows has no way to ask a console program to end that the debugger would not take for a Break.</summary>
    public void Terminate() => Kill();

    public void Kill() => job.End();

    public Task WriteAsync(ReadOnlyMemory<byte> bytes) => input.AddAsync(process.StandardInput.BaseStream, bytes);

    private void Live()
    {
        var readers = Array.ConvertAll([process.StandardOutput.BaseStream, process.StandardError.BaseStream], stream =>
        {
            var reader = new Thread(() => Read(stream), ThreadStackBytes) { IsBackground = true, Name = $"output of {process.Id}" };
            reader.Start();
            return reader;
        });
        process.WaitForExit();
        job.LetGo();
        foreach (var reader in readers)
            reader.Join(DrainLimit);
        lock (reading)
        {
            hasEnded = true;
            output.OnExit(process.ExitCode);
        }
        // The job's handle goes with this object: Kill may still come.
    }

    /// <summary>Reads on behind the program's end, for the sake of what it started: a full pipe would hold that.</summary>
    private void Read(Stream stream)
    {
        var block = new byte[BlockBytes];
        while (stream.Read(block) is var read and > 0)
        {
            lock (reading)
            {
                if (!hasEnded)
                    output.OnOutput(block.AsSpan(0, read));
            }
        }
    }
}
