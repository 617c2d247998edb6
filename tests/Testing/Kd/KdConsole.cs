using System.Diagnostics;
using System.Text;
using OrleansKd.Testing.Processes;
using Xunit;

namespace OrleansKd.Testing.Kd;

/// <summary>A debugger with its input and output in a test's hands; ended with the test at the latest.</summary>
public sealed class KdConsole : IAsyncDisposable
{
    /// <summary>Ctrl+B on a line of its own: a debugging client leaves.</summary>
    public const string CtrlB = "\u0002";

    /// <summary>A break takes the engine up to four seconds to a kernel target, the rest is for a loaded machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private const int Interrupt = 2;
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Task reading;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int seen;

    private KdConsole(string program, IEnumerable<string> arguments)
    {
        process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        reading = ReadAsync(process.StandardOutput.BaseStream);
    }

    public static KdConsole Start(string program, params IEnumerable<string> arguments) => new(program, arguments);

    public int ProcessId => process.Id;

    /// <summary>All of it, whatever has been waited for.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    public async Task SayAsync(string line)
    {
        await process.StandardInput.WriteAsync(line + "\n");
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Says a line, and waits for the text after it.</summary>
    public async Task<string> AskAsync(string line, string until)
    {
        await SayAsync(line);
        return await UntilAsync(until);
    }

    /// <summary>Waits until the text is printed after what was waited for last; all from there up to its end.</summary>
    public async Task<string> UntilAsync(string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            var isEnd = reading.IsCompleted;
            var all = Output;
            if (all.IndexOf(text, seen, StringComparison.Ordinal) is var at and >= 0)
            {
                var from = seen;
                seen = at + text.Length;
                return all[from..seen];
            }
            if (isEnd)
                throw new InvalidOperationException($"It ended before '{text}'. It wrote:\n{all}");
            try
            {
                await Task.WhenAny(next, reading).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited for '{text}' after character {seen}. It wrote:\n{all}");
            }
        }
    }

    public void EndInput() => process.StandardInput.Close();

    /// <summary>Break, as Ctrl+C.</summary>
    public void Break() => ProgramRun.Signal(process.Id, Interrupt);

    public void Kill() => process.Kill();

    /// <summary>Its exit code when it has ended by itself. Wait for its last words first: they may still be on their way.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end. It wrote:\n{Output}");
        }
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task ReadAsync(Stream stream)
    {
        var bytes = new byte[4096];
        var chars = new char[4096];
        var decoder = new UTF8Encoding(false).GetDecoder();
        while (await stream.ReadAsync(bytes) is var count and > 0)
        {
            var length = decoder.GetChars(bytes.AsSpan(0, count), chars, flush: false);
            lock (output)
                output.Append(chars, 0, length);
            Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}
