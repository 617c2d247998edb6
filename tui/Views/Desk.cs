using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.App;

namespace OrleansKd.Tui.Views;

/// <summary>
/// The Command windows that are open. One of them, or the main window with the lists, is on the screen; the others go on following their sessions.
/// </summary>
/// <param name="history">Where the user's commands are kept; null: nowhere.</param>
internal sealed class Desk(ServerConnection server, SessionListModel list, TimeProvider time, ClientSettings settings, HistoryFile? history = null) : IAsyncDisposable
{
    private readonly List<(CommandWindow Window, SessionModel Session)> open = [];

    public int Count => open.Count;

    /// <summary>The user's sessions as their lists tell.</summary>
    public IReadOnlyList<SessionSummary> Sessions => list.Now.Sessions;

    /// <summary>Which one a session's window is, from 1; 0: it is not open.</summary>
    public int NumberOf(string sessionId) => open.FindIndex(item => item.Session.Id == sessionId) + 1;

    /// <summary>The session of a window; null when there is none of that number.</summary>
    public string? SessionAt(int number) => number >= 1 && number <= open.Count ? open[number - 1].Session.Id : null;

    /// <summary>Shows a session's window, and those that the person goes to from there, until they go back to the lists.</summary>
    /// <returns>The whole client is to end.</returns>
    public bool Show(IApplication app, string sessionId)
    {
        // The library would draw the window that lies under this one again and again.
        var lists = app.TopRunnableView;
        if (lists is not null)
            lists.Visible = false;
        try
        {
            return ShowOver(app, sessionId);
        }
        finally
        {
            if (lists is not null)
                lists.Visible = true;
        }
    }

    private bool ShowOver(IApplication app, string sessionId)
    {
        for (string? next = sessionId; next is not null;)
        {
            var (window, session) = Open(next);
            app.Run(window);
            if (window.Exit is WindowExit.Leave)
            {
                open.RemoveAll(item => item.Window == window);
                window.Dispose();
                _ = session.DisposeAsync().AsTask();
            }
            if (window.Exit is WindowExit.Quit)
                return true;
            next = window.Exit is WindowExit.GoToWindow ? SessionAt(window.NextNumber) : null;
        }
        return false;
    }

    /// <summary>On the thread that shows them.</summary>
    public void CloseWindows()
    {
        foreach (var (window, _) in open)
            window.Dispose();
    }

    /// <summary>The connections' end, after <see cref="CloseWindows"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, session) in open)
            await session.DisposeAsync();
        open.Clear();
    }

    private (CommandWindow Window, SessionModel Session) Open(string sessionId)
    {
        var index = NumberOf(sessionId) - 1;
        if (index >= 0)
            return open[index];
        var session = new SessionModel(server, sessionId, time, history) { RepeatsOnEnter = settings.RepeatStepOnEnter };
        session.Start();
        open.Add((new CommandWindow(session, server, this, settings), session));
        return open[^1];
    }
}

/// <summary>Where somebody goes from a Command window.</summary>
internal enum WindowExit
{
    /// <summary>To the lists; the window stays open.</summary>
    GoToLists,

    GoToWindow,

    /// <summary>To the lists; the window is closed, the session goes on.</summary>
    Leave,

    Quit,
}
