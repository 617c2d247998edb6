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

    /// <summary>What was copied within the client.</summary>
    public string Clipboard => app.Clipboard!.GetClipboardData();

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

    /// <summary>Clicks with the left button.</summary>
    public Screen Click(int column, int row)
    {
        app.InjectSequence(InputInjectionExtensions.LeftButtonClick(new System.Drawing.Point(column, row)));
        Draw();
        return this;
    }

    /// <summary>Presses a key that opens a question, which runs a loop of its own; the question's text, after it was dismissed.</summary>
    public string PressAndDismiss(Key key) => Ask(() => app.InjectKey(key), app.RequestStop);

    /// <summary>Pastes something that opens a question, and answers it with a key; the question's text.</summary>
    public string PasteAndPress(string text, Key answer) => Ask(() => app.RaisePasteEvent(text), () => app.InjectKey(answer));

    /// <summary>With the left button, in screen coordinates.</summary>
    public Screen Drag((int X, int Y) from, (int X, int Y) to)
    {
        foreach (var (at, flags) in (((int X, int Y), MouseFlags)[])[(from, MouseFlags.LeftButtonPressed), (to, MouseFlags.LeftButtonPressed | MouseFlags.PositionReport), (to, MouseFlags.LeftButtonReleased)])
        {
            app.Mouse.RaiseMouseEvent(new Mouse { ScreenPosition = new(at.X, at.Y), Flags = flags });
            Draw();
        }
        return this;
    }

    /// <summary>In the loop that somebody runs next: once this holds, presses that.</summary>
    public void Next(Func<Screen, bool> condition, Key key)
    {
        void Look()
        {
            app.LayoutAndDraw();
            if (condition(this))
                app.InjectKey(key);
            else
                app.Post(Look);
        }

        app.Post(Look);
    }

    private string Ask(Action open, Action answer)
    {
        var asked = Expect(answer);
        open();
        Draw();
        return asked();
    }

    /// <summary>The same for a question that comes when the server has answered; it is answered with these keys.</summary>
    public async Task<string> PressAndAnswer(Key key, params Key[] answer)
    {
        var asked = Expect(() =>
        {
            foreach (var part in answer)
                app.InjectKey(part);
            if (answer.Length == 0)
                app.RequestStop();
        });
        app.InjectKey(key);
        await WaitFor(() => asked().Length > 0, "Nothing was asked:\n");
        return asked();
    }

    /// <summary>Looks at the question that opens next, and then does something about it.</summary>
    private Func<string> Expect(Action then)
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
            then();
        }

        app.Post(Look);
        return () => asked;
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
