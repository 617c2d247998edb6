namespace OrleansKd.Agent.Connection;

/// <summary>A run on this computer and the upload of its spool.</summary>
/// <param name="Live">Null when its debugger ended with an earlier agent.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source without timer or links holds nothing to dispose.")]
internal sealed record HeldRun(RunUpload Upload, DebuggerRun? Live)
{
    private readonly CancellationTokenSource stop = new();

    public CancellationToken Stopped => stop.Token;

    /// <summary>Completes when nothing is left to do for the run.</summary>
    public Task Done { get; set; } = Task.CompletedTask;

    /// <summary>As asked for.</summary>
    public string? Debugger { get; set; }

    /// <summary>As asked for, with their secrets.</summary>
    public string? Arguments { get; set; }

    /// <summary>Ends the upload; the spool stays as it is.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Done;
    }
}
