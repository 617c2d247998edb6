using System.Collections.Concurrent;
using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>
/// What other threads tell the engine while its own thread is in it. A client belongs to one thread (engine), and a remote
/// one's calls wait for one another: so these go through a second client, on a thread of its own.
/// </summary>
internal sealed class EngineSignals(DebugClient first)
{
    private readonly BlockingCollection<Action<DebugClient, DebugControl>> signals = [];

    public void Start() => new Thread(Run) { IsBackground = true, Name = "signals" }.Start();

    /// <summary>The engine's thread shall look around: it comes back from waiting for callbacks.</summary>
    public void Wake() => signals.Add((client, _) => client.ExitDispatch(first));

    public void Break() => signals.Add((_, control) => control.SetInterrupt());

    public void Answer(Func<string?> line) => signals.Add((_, control) =>
    {
        if (line() is { } text)
            control.ReturnInput(text);
    });

    private void Run()
    {
        (DebugClient Client, DebugControl Control)? second = null;
        foreach (var signal in signals.GetConsumingEnumerable())
            try
            {
                second ??= Second();
                signal(second.Value.Client, second.Value.Control);
            }
            catch (EngineException)
            {
                // The engine does not take it now, or is gone: its own thread sees that, too.
            }
    }

    private (DebugClient Client, DebugControl Control) Second()
    {
        var client = first.CreateClient();
        return (client, client.Control());
    }
}
