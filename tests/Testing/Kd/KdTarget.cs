using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace OrleansKd.Testing.Kd;

/// <summary>How a kernel target stands: its clock advances only while it runs.</summary>
public sealed record KdTargetClock(bool IsRunning, long Ticks);

/// <summary>tests/KdTarget, running: a machine that a kernel debugger can be connected to, and its clock.</summary>
public sealed class KdTarget : IAsyncDisposable
{
    /// <summary>Reports in a row that count as lasting; there are twenty in a second.</summary>
    private const int LastingReports = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private readonly Process process;
    private bool isDisposed;
    private TaskCompletionSource<KdTargetClock> next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private KdTarget(Process process, int port)
    {
        (this.process, Port) = (process, port);
        _ = ReadAsync();
    }

    public int Port { get; }

    /// <summary>The debugger's arguments.</summary>
    public IReadOnlyList<string> Arguments => ["-k", $"com:ipport={Port},port=127.0.0.1"];

    /// <summary>A machine that stands as after a bug check: whoever connects gets a prompt.</summary>
    public static Task<KdTarget> StartFrozenAsync() => StartAsync("frozen");

    /// <summary>A machine that runs: whoever connects has to break in.</summary>
    public static Task<KdTarget> StartRunningAsync() => StartAsync("running");

    /// <summary>Returns when, from now on, it has run for a while without a stop.</summary>
    public Task RunsOnAsync() => LastsAsync(isRunning: true);

    /// <summary>Returns when, from now on, it has stood still for a while.</summary>
    public Task StaysFrozenAsync() => LastsAsync(isRunning: false);

    /// <summary>The machine is gone: whoever is connected hears nothing any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static async Task<KdTarget> StartAsync(string state)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [KdPrograms.Target, state]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new(process, int.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    private async Task LastsAsync(bool isRunning)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        KdTargetClock? last = null;
        for (var count = 0; count < LastingReports;)
        {
            var clock = await Volatile.Read(ref next).Task.WaitAsync(limit.Token);
            var isSo = clock.IsRunning == isRunning && (last is null || clock.Ticks > last.Ticks == isRunning);
            (count, last) = (isSo ? count + 1 : 0, clock);
        }
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.Split(' ') is [var state, var ticks])
                Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously))
                    .TrySetResult(new(state == "running", long.Parse(ticks, CultureInfo.InvariantCulture)));
        next.TrySetException(new InvalidOperationException("The target has ended."));
    }
}
