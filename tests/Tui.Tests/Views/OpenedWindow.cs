using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>A Command window on a headless screen that follows the scripted server's session.</summary>
internal sealed record OpenedWindow(Screen Screen, CommandWindow Window, SessionModel Session, ServerConnection Connection) : IAsyncDisposable
{
    public static async Task<OpenedWindow> OpenAsync(ScriptedServer server, string until)
    {
        var connection = server.Connect();
        var session = new SessionModel(connection, server.SessionId, TimeProvider.System);
        session.Start();
        var window = new CommandWindow(session, connection);
        var screen = new Screen(window);
        await screen.WaitFor(until);
        await screen.WaitFor("connected  debugger");
        return new OpenedWindow(screen, window, session, connection);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        Window.Dispose();
        Screen.Dispose();
        Connection.Dispose();
    }
}
