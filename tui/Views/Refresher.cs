using Terminal.Gui.App;

namespace OrleansKd.Tui.Views;

/// <summary>Brings changes of a model to the screen: however often it is signalled, at most one refresh waits.</summary>
internal sealed class Refresher(IApplication app, Action refresh)
{
    private int isWaiting;

    /// <summary>On any thread.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref isWaiting, 1) == 0)
            app.Post(Run);
    }

    private void Run()
    {
        Volatile.Write(ref isWaiting, 0);
        refresh();
    }
}
