namespace OrleansKd.Local.Processes;

/// <summary>
/// A process that is started again when it ends by itself: a silo that is lost must not take the debuggers with it, which
/// would be the consequence of stopping everything.
/// </summary>
internal sealed class KeptProcess : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string name;
    private readonly Func<ChildProcess> start;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task keeping;
    private ChildProcess child;

    public KeptProcess(string name, Func<ChildProcess> start)
    {
        (this.name, this.start) = (name, start);
        child = start();
        keeping = KeepAsync();
    }

    /// <summary>Completes when the first life of the process ends: while it starts up, that is a failure.</summary>
    public ChildProcess Current => Volatile.Read(ref child);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await keeping;
        await Current.DisposeAsync();
        stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                var code = await Current.Exited.WaitAsync(stopping.Token);
                await Console.Error.WriteLineAsync($"orleanskd local: {name} ended with code {code}; starting it again.");
                await Task.Delay(Pause, stopping.Token);
                await Current.DisposeAsync();
                Volatile.Write(ref child, start());
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
