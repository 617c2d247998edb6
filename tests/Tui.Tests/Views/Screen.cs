using OrleansKd.Tui.Views;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.Testing;
using Terminal.Gui.Time;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>The library's own headless terminal, with one view begun on it.</summary>
internal sealed class Screen : IDisposable
{
    private readonly IApplication app;

    public Screen(IRunnable view, int columns = 100, int rows = 30)
    {
        Environment.SetEnvironmentVariable("DisableRealDriverIO", "1");
        app = Application.Create(new VirtualTimeProvider()).Init(DriverRegistry.Names.ANSI);
        app.Driver!.SetScreenSize(columns, rows);
        app.Begin(view);
        // A test goes on where it likes: nobody runs the loop that the library's context posts to.
        SynchronizationContext.SetSynchronizationContext(null);
        Draw();
    }

    public IApplication App => app;

    public string Text => app.Driver!.ToString()!;

    public Screen Press(params Key[] keys)
    {
        foreach (var key in keys)
        {
            app.InjectKey(key);
            Draw();
        }
        return this;
    }

    public Screen Type(string text) => Press([.. text.Select(c => new Key(c))]);

    /// <summary>Presses a key that opens a question, which runs a loop of its own; the question's text, after it was dismissed.</summary>
    public string PressAndDismiss(Key key)
    {
        var asked = "";
        void Look()
        {
            if (app.SessionStack!.Count < 2)
            {
                app.Post(Look);
                return;
            }
            app.LayoutAndDraw();
            asked = Text;
            app.RequestStop();
        }

        app.Post(Look);
        app.InjectKey(key);
        Draw();
        return asked;
    }

    public Screen Resize(int columns, int rows)
    {
        app.Driver!.SetScreenSize(columns, rows);
        Draw();
        return this;
    }

    /// <summary>Draws until the text is to be seen.</summary>
    public async Task WaitFor(string text) => await WaitFor(() => Text.Contains(text, StringComparison.Ordinal), $"'{text}' did not come on the screen:\n");

    /// <summary>Draws until the condition holds.</summary>
    public async Task WaitFor(Func<bool> condition, string otherwise = "It did not come to pass:\n")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (Draw(); !condition(); Draw())
        {
            if (limit.IsCancellationRequested)
                Assert.Fail(otherwise + Text);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => app.Dispose();

    private void Draw()
    {
        app.TimedEvents!.RunTimers();
        app.RaiseIteration();
        app.LayoutAndDraw();
    }
}
