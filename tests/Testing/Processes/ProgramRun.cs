using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace OrleansKd.Testing.Processes;

/// <summary>What a program that has ended left behind.</summary>
public sealed record ProgramResult(int ExitCode, string Out, string Error)
{
    public ProgramResult Succeeded() => ExitCode == 0 ? this : throw new InvalidOperationException($"It ended with code {ExitCode}.\n{Error}\n{Out}");
}

/// <summary>A real program, started with a list of arguments, its output collected; ended with the test at the latest.</summary>
public sealed partial class ProgramRun : IAsyncDisposable
{
    /// <summary>No single program of a story takes longer; a hanging one fails its story.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private bool isDisposed;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProgramRun(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        // A terminal program that is told not to draw draws nothing.
        start.Environment.Remove("DisableRealDriverIO");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Take(output, e.Data);
        process.ErrorDataReceived += (_, e) => Take(error, e.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Out => Read(output);

    public string Error => Read(error);

    public async Task<ProgramResult> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end. It wrote:\n{Out}\n{Error}");
        }
        return new ProgramResult(process.ExitCode, Out, Error);
    }

    /// <summary>Waits until what it wrote to its standard output satisfies <paramref name="isThere"/>.</summary>
    public async Task<string> WaitForAsync(Func<string, bool> isThere, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            if (isThere(Out))
                return Out;
            if (process.HasExited)
            {
                await process.WaitForExitAsync(limit.Token);
                return isThere(Out) ? Out : throw new InvalidOperationException($"It ended with code {process.ExitCode} before {what}.\n{Error}\n{Out}");
            }
            try
            {
                await Task.WhenAny(next, process.WaitForExitAsync(limit.Token)).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited for {what}. It wrote:\n{Out}\n{Error}");
            }
        }
    }

    /// <summary>Sends a signal, such as SIGTERM (15) or SIGKILL (9).</summary>
    public void Signal(int signal) => Signal(process.Id, signal);

    /// <summary>The same for a process that something else started.</summary>
    public static void Signal(int processId, int signal) => _ = Kill(processId, signal);

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        if (!process.HasExited)
        {
            Signal(15);
            try
            {
                await process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        process.Dispose();
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
