using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansKd.Agent.Debugger.Unix;

/// <summary>
/// A program over pipes on Linux: output and errors joined in order, a session of its own (a terminal's Ctrl+C does not reach
/// it), and a signal and the end of its input when the agent ends in whatever way.
/// </summary>
/// <remarks>
/// The chain <c>setsid setpriv sh program</c> replaces itself, so the child's process number is the program's. The kernel sends
/// the signal when the <em>thread</em> that started the child ends: that thread lives as long as the child.
/// .NET ignores SIGPIPE and so does what it starts: a target that was let go survives the end of the pipe it prints to.
/// </remarks>
internal sealed class ChildProcess : IChildProcess
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>A pipe holds 64 KB: nothing that the child itself wrote stands behind them when it has ended.</summary>
    private const int PipeBytes = 64 * 1024;

    private const int ThreadStackBytes = 256 * 1024;

    // $1 is the agent: if it ended before the signal was arranged, the program must not start. No user's text is in the script.
    private const string Script = "test \"$PPID\" = \"$1\" || exit 125; shift; exec \"$@\" 2>&1";

    private readonly IChildOutput output;
    private readonly OrderedWrites input = new();
    private Process process = null!;
    private volatile bool hasExited;

    private ChildProcess(IChildOutput output) => this.output = output;

    public int Id { get; private set; }

    /// <summary>Starts a program. Output is delivered from now on.</summary>
    /// <param name="endSignal">What it gets when the agent ends.</param>
    /// <param name="environment">Added to the agent's own.</param>
    /// <exception cref="DebuggerStartException">A program that is needed to start it is missing.</exception>
    public static async Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments, IChildOutput output, string endSignal, IReadOnlyDictionary<string, string> environment)
    {
        var child = new ChildProcess(output);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => child.Live(program, arguments, endSignal, environment, started), ThreadStackBytes) { IsBackground = true, Name = "debugger's parent" }.Start();
        await started.Task;
        return child;
    }

    /// <summary>Sends a signal to the program; nothing happens when it has ended.</summary>
    public void Send(int signal)
    {
        if (!hasExited)
            _ = LibC.kill(Id, signal);
    }

    public void Interrupt() => Send(Signals.Interrupt);

    /// <summary>As a terminal's Ctrl+C: also to what it started in its own process group.</summary>
    public void InterruptGroup()
    {
        if (!hasExited)
            _ = LibC.kill(-Id, Signals.Interrupt);
    }

    public void Terminate() => Send(Signals.Terminate);

    public void Kill() => Send(Signals.Kill);

    public Task WriteAsync(ReadOnlyMemory<byte> bytes) => input.AddAsync(process.StandardInput.BaseStream, bytes);

    private void Live(string program, IEnumerable<string> arguments, string endSignal, IReadOnlyDictionary<string, string> environment, TaskCompletionSource isStarted)
    {
        try
        {
            var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])["setpriv", "--pdeathsig", endSignal, "--", "sh", "-c", Script, "sh", $"{Environment.ProcessId}", program, .. arguments])
                start.ArgumentList.Add(argument);
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
            Id = process.Id;
        }
        catch (Win32Exception problem)
        {
            isStarted.SetException(new DebuggerStartException($"The debugger was not started: {problem.Message}. The programs setsid and setpriv (package util-linux) and sh are needed.", problem));
            return;
        }
        using var started = process;
        using var ended = new AnonymousPipeServerStream(PipeDirection.Out);
        var reader = new Thread(() => ReadOutput(ended.ClientSafePipeHandle), ThreadStackBytes) { IsBackground = true, Name = $"output of {Id}" };
        reader.Start();
        isStarted.SetResult();
        process.WaitForExit();
        hasExited = true;
        ended.WriteByte(0);
        reader.Join();
    }

    private void ReadOutput(SafePipeHandle ended)
    {
        var stream = (PipeStream)process.StandardOutput.BaseStream;
        var block = new byte[BlockBytes];
        while (Wait(stream.SafePipeHandle, ended) is (true, false) && stream.Read(block) is var read and > 0)
            output.OnOutput(block.AsSpan(0, read));
        for (var left = PipeBytes; left > 0 && HasData(stream.SafePipeHandle) && stream.Read(block, 0, Math.Min(left, block.Length)) is var read and > 0; left -= read)
            output.OnOutput(block.AsSpan(0, read));
        process.WaitForExit();
        output.OnExit(process.ExitCode);
        // What it left running may still write here: closing the pipe would end that (SIGPIPE).
        while (stream.Read(block) > 0)
        {
        }
    }

    private static unsafe (bool HasData, bool HasEnded) Wait(SafePipeHandle data, SafePipeHandle end)
    {
        var items = stackalloc LibC.PollItem[2];
        items[0] = new() { Descriptor = (int)data.DangerousGetHandle(), Wanted = LibC.POLLIN };
        items[1] = new() { Descriptor = (int)end.DangerousGetHandle(), Wanted = LibC.POLLIN };
        while (LibC.poll(items, 2, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new IOException($"Waiting for the debugger's output failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        return (items[0].Found != 0, items[1].Found != 0);
    }

    private static unsafe bool HasData(SafePipeHandle data)
    {
        var item = new LibC.PollItem { Descriptor = (int)data.DangerousGetHandle(), Wanted = LibC.POLLIN };
        return LibC.poll(&item, 1, 0) > 0;
    }

    /// <summary>EINTR.</summary>
    private const int Interrupted = 4;
}
