using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The terminal client, from the check for a terminal to its restoration.</summary>
/// <param name="signalCode">The exit code when the process was told to end.</param>
internal sealed class TerminalClient(KnownServers servers, SettingsFile settingsFile, ProblemLog log, TimeProvider time, Func<int> signalCode)
{
    /// <summary>The library draws 25 times a second unless told; typing feels late then.</summary>
    private const ushort FramesPerSecond = 120;

    /// <summary>Errors after which the client ends with the next one: it does not get better by going on.</summary>
    private const int ProblemsShown = 20;

    /// <summary>How long an ordinary end, which restores the terminal, may take.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private int problems;

    /// <summary>Why there can be no terminal client here; null when there can.</summary>
    public static string? WhyNot(string? terminal)
    {
        if (string.IsNullOrEmpty(terminal) || terminal == "dumb")
            return $"The terminal client needs a terminal that can place text (TERM is '{terminal}'). Use the commands instead: orleanskd --help.";
        return Driver.IsAttachedToTerminal(out _, out _)
            ? null
            : "The terminal client needs a terminal on its input and output. Use the commands instead: orleanskd --help.";
    }

    /// <summary>Until the person quits, or the process is told to end.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ProblemException">It could not go on; the terminal is as it was.</exception>
    public async Task<int> RunAsync(ServerChoice choice, Func<Uri, bool> browser, CancellationToken cancellationToken)
    {
        try
        {
            await ShowAsync(choice, browser, cancellationToken);
            return cancellationToken.IsCancellationRequested ? signalCode() : ExitCodes.Done;
        }
        catch (Exception problem) when (problem is not ProblemException)
        {
            throw new ProblemException(ProblemException.Unexpected, $"The terminal client can't go on: {problem.GetBaseException().Message}\nIts details are in {log.Write(problem)}", problem);
        }
    }

    private async Task ShowAsync(ServerChoice choice, Func<Uri, bool> browser, CancellationToken cancellationToken)
    {
        var (settings, settingsProblem) = settingsFile.Load();
        var account = new ClientAccount(servers, settingsFile, browser, settings.OpenBrowser) { Next = new(choice, IsNew: false) };
        Application.MaximumIterationsPerSecond = FramesPerSecond;
        var closing = Task.CompletedTask;
        using (var app = Application.Create())
        {
            // One on another thread ends the process, but not with a terminal that nobody can use any more.
            void Last(object sender, UnhandledExceptionEventArgs e)
            {
                log.Write((Exception)e.ExceptionObject);
                app.Dispose();
            }

            AppDomain.CurrentDomain.UnhandledException += Last;
            app.Init();
            Themes.Apply(app, Themes.Of(settings, Environment.GetEnvironmentVariable));
            if (!settings.Mouse)
                LeaveMouse(app);
            // Whatever dialogs are open: each turn of the loop ends the one on top.
            app.Iteration += (_, _) =>
            {
                if (cancellationToken.IsCancellationRequested)
                    app.RequestStop();
            };
            // A terminal that is gone may keep the loop from turning: then the process ends without it.
            using var last = cancellationToken.Register(() => _ = EndAnywayAsync());
            if (settingsProblem is not null)
                app.Post(() => ProblemBox.Show(app, "Settings", settingsProblem));
            while (account.Next is { } goal && !cancellationToken.IsCancellationRequested)
            {
                account.Next = null;
                if (SignedIn(app, account, goal, cancellationToken) is { } signedIn)
                    closing = Task.WhenAll(closing, Show(app, account, signedIn, settings, cancellationToken));
            }
            AppDomain.CurrentDomain.UnhandledException -= Last;
        }
        await closing;
    }

    /// <summary>Where somebody is signed in, if need be after they were asked to; null: they quit.</summary>
    private ServerChoice? SignedIn(IApplication app, ClientAccount account, ClientGoal goal, CancellationToken cancellationToken)
    {
        var (choice, isNew) = goal;
        string? problem = null;
        try
        {
            if (!isNew && servers.HasSignIn(choice))
                return choice;
            choice = isNew ? choice : choice with { Server = servers.ServerOf(choice) };
        }
        catch (ProblemException refusal)
        {
            problem = refusal.Message;
        }
        using var welcome = new WelcomeWindow(account, choice.Profile, choice.Server, problem);
        Run(app, welcome, cancellationToken);
        return welcome.Chosen;
    }

    /// <summary>The main window, until it closes.</summary>
    /// <returns>Its connections' end, which the next window need not wait for.</returns>
    private Task Show(IApplication app, ClientAccount account, ServerChoice choice, ClientSettings settings, CancellationToken cancellationToken)
    {
        var server = servers.Open(choice);
        choice = choice with { Server = server.Server };
        server.AskToSignIn(reason => account.SignInAsync(app, choice, reason));
        var list = new SessionListModel(server, time);
        list.Start();
        var history = settings.HistoryLength == 0 ? null : new HistoryFile(Path.Combine(Path.GetDirectoryName(settingsFile.Path)!, "history"), settings.HistoryLength);
        var desk = new Desk(server, list, time, settings, history);
        using var window = new MainWindow(server, list, desk, time);
        window.SubViews.OfType<MenuBar>().Single().Add(account.Menu(window, server, choice));
        Run(app, window, cancellationToken);
        desk.CloseWindows();
        // Not on this thread: its loop, which would go on with what was awaited, does not turn between two windows.
        return Task.Run(
            async () =>
            {
                await desk.DisposeAsync();
                await list.DisposeAsync();
                server.Dispose();
            },
            CancellationToken.None);
    }

    /// <summary>Until the window closes; an unexpected error is shown, and the window goes on.</summary>
    internal void Run(IApplication app, Window window, CancellationToken cancellationToken) =>
        app.Run(window, problem => !cancellationToken.IsCancellationRequested && ++problems <= ProblemsShown && Report(app, problem));

    private bool Report(IApplication app, Exception problem)
    {
        var place = log.Write(problem);
        app.Post(() => ProblemBox.Show(app, "Unexpected error", $"{problem.Message}\n\nIts details are in {place}"));
        return true;
    }

    /// <summary>The library takes the mouse when it starts; the terminal has it back.</summary>
    private static void LeaveMouse(IApplication app)
    {
        app.Mouse.IsMouseDisabled = true;
        app.Driver?.WriteRaw(EscSeqUtils.CSI_DisableMouseEvents);
    }

    private async Task EndAnywayAsync()
    {
        await Task.Delay(EndLimit, time);
        Environment.Exit(signalCode());
    }
}
