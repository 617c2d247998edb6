using System.Diagnostics;
using Terminal.Gui.App;

namespace OrleansKd.Tui.Views;

/// <summary>Brings changes of a model to the screen: however often it is signalled, at most one refresh waits.</summary>
/// <param name="pause">Between two refreshes, where much comes at once; none: each turn of the loop may have one.</param>
/// <param name="floodPause">The same, once refreshes have had to wait for <see cref="FloodAfter"/> refreshes on end: then nobody reads along.</param>
internal sealed class Refresher(IApplication app, Action refresh, TimeSpan pause = default, TimeSpan floodPause = default)
{
    private const int FloodAfter = 20;

    private int isWaiting;
    private long refreshedAt;
    private bool hadToWait;
    private int waits;

    private TimeSpan Pause => waits >= FloodAfter ? floodPause : pause;

    /// <summary>On any thread.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref isWaiting, 1) == 0)
            app.Post(Run);
    }

    private void Run()
    {
        if (refreshedAt != 0 && Stopwatch.GetElapsedTime(refreshedAt) < Pause)
        {
            hadToWait = true;
            app.Post(Run);
            return;
        }
        (waits, hadToWait) = (hadToWait ? waits + 1 : 0, false);
        Volatile.Write(ref isWaiting, 0);
        refresh();
        refreshedAt = Stopwatch.GetTimestamp();
    }
}
