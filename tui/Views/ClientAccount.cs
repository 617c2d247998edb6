using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Signing in, out, and over to another server or profile, and the settings: what is the person's, in any window.</summary>
/// <param name="browser">Opens a page; false where nobody would see it.</param>
/// <param name="opensBrowser">Without being asked.</param>
internal sealed class ClientAccount(KnownServers servers, SettingsFile settings, Func<Uri, bool> browser, bool opensBrowser)
{
    /// <summary>Where the client goes on when its windows have closed; null: it ends.</summary>
    public ClientGoal? Next { get; set; }

    /// <summary>The last menu of a window.</summary>
    public MenuBarItem Menu(Window window, ServerConnection server, ServerChoice choice)
    {
        return new MenuBarItem("A_ccount",
        [
            Item("_Sign In Again…", app => SignIn(app, choice, reason: null)),
            Item("Other Server or _Profile…", app => Switch(app, window, choice)),
            Item("Sign _Out…", app => SignOut(app, window, server, choice)),
            Item("S_ettings…", app => SettingsQuestion.Ask(app, settings)),
        ]);

        MenuItem Item(string text, Action<IApplication> action) => new(text, "", () => window.App?.Post(() => action(window.App)));
    }

    /// <summary>Asks the person; true: they are signed in now.</summary>
    /// <param name="reason">Why they are asked; null: they wanted it.</param>
    public bool SignIn(IApplication app, ServerChoice choice, string? reason)
    {
        var connection = servers.Open(choice);
        var model = new SignInModel(connection.SignIn, browser, opensBrowser);
        model.Start();
        using var dialog = new SignInDialog(model, reason);
        app.Run(dialog);
        _ = Task.Run(async () =>
        {
            await model.DisposeAsync();
            connection.Dispose();
        });
        return dialog.IsDone;
    }

    /// <summary>The same for whoever waits on another thread.</summary>
    public Task<bool> SignInAsync(IApplication app, ServerChoice choice, string reason)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Post(() => answer.SetResult(SignIn(app, choice, reason)));
        return answer.Task;
    }

    private void Switch(IApplication app, Window window, ServerChoice choice)
    {
        using var dialog = new ServerDialog(servers.All(), choice);
        app.Run(dialog);
        if (dialog.Goal is null)
            return;
        Next = dialog.Goal;
        app.RequestStop(window);
    }

    private void SignOut(IApplication app, Window window, ServerConnection server, ServerChoice choice)
    {
        const string What = "The sign-in is forgotten on this computer, and taken back. Sessions that you host go on; an agent here waits for a sign-in when its own ends.";
        if (MessageBox.Query(app, "Sign Out", VisibleText.From($"Sign out of {server.Server.Authority}?\n\n{What}"), "_Sign Out", "_Cancel") != 0)
            return;
        var request = new RequestModel();
        SignedOut? ended = null;
        request.Changed += () =>
        {
            if (request.IsBusy)
                return;
            app.Post(() =>
            {
                if ((request.Problem ?? ended?.Warning) is { } message)
                    ProblemBox.Show(app, "Sign Out", message);
                if (ended is null)
                    return;
                Next = new(choice, IsNew: false);
                app.RequestStop(window);
            });
        };
        _ = request.RunAsync(async cancellationToken => ended = await server.SignIn.EndAsync(cancellationToken));
    }
}

/// <param name="IsNew">Another server is to be named first.</param>
internal sealed record ClientGoal(ServerChoice Choice, bool IsNew);
