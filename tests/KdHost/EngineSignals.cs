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
        DebugClient client;
        DebugControl control;
        try
        {
            // At once: while a command runs the engine makes no client (seen), and a Break is for just that moment.
            client = first.CreateClient();
            control = client.Control();
        }
        catch (EngineException)
        {
            // The engine is gone: its own thread sees that, too.
            return;
        }
        foreach (var signal in signals.GetConsumingEnumerable())
            try
            {
                signal(client, control);
            }
            catch (EngineException)
            {
                // It does not take it now, or is gone.
            }
    }
}
