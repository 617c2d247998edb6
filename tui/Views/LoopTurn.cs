using Terminal.Gui.App;

namespace OrleansKd.Tui.Views;

/// <summary>
/// Runs something on the UI thread, in the loop's next turn. Not by the library's <c>Invoke</c>: that runs actions under the lock of its
/// timers, so an action that opens a dialog (a loop of its own) would keep every other thread's <c>Invoke</c> waiting until the
/// dialog is gone.
/// </summary>
internal static class LoopTurn
{
    /// <summary>On any thread. The action may run a dialog.</summary>
    public static void Post(this IApplication app, Action action)
    {
        void Once(object? sender, EventArgs<IApplication?> turn)
        {
            app.Iteration -= Once;
            action();
        }

        app.Iteration += Once;
    }
}
