using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Asks the server for something that a dialog is to show, and shows it; or why it can't be.</summary>
internal static class DetailsRequest
{
    /// <summary>The session in full, then what is done with it.</summary>
    public static void Ask(IApplication app, SessionsClient sessions, string sessionId, string title, Action<SessionDetails> then) =>
        Ask(app, title, cancellationToken => sessions.GetSessionAsync(sessionId, cancellationToken), then);

    /// <param name="title">Of the box that says why not.</param>
    /// <param name="then">On the UI thread; may run a dialog.</param>
    public static void Ask<T>(IApplication app, string title, Func<CancellationToken, Task<T>> request, Action<T> then)
    {
        var model = new RequestModel();
        T? found = default;
        model.Changed += () =>
        {
            if (model.Problem is { } problem)
                app.Post(() => ProblemBox.Show(app, title, problem));
            else if (model.IsDone)
                app.Post(() => then(found!));
        };
        _ = model.RunAsync(async cancellationToken => found = await request(cancellationToken));
    }

    /// <summary>Does something; only why it was not done is shown.</summary>
    public static void Do(IApplication app, string title, Func<CancellationToken, Task> request)
    {
        var model = new RequestModel();
        model.Changed += () =>
        {
            if (model.Problem is { } problem)
                app.Post(() => ProblemBox.Show(app, title, problem));
        };
        _ = model.RunAsync(request);
    }
}
