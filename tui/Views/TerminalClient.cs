using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The terminal client, from the check for a terminal to its restoration.</summary>
internal static class TerminalClient
{
    /// <summary>The library draws 25 times a second unless told; typing feels late then.</summary>
    private const ushort FramesPerSecond = 60;

    /// <summary>Errors after which the client ends with the next one: it does not get better by going on.</summary>
    private const int ProblemsShown = 20;

    /// <summary>How long an ordinary end, which restores the terminal, may take.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    /// <summary>Why there can be no terminal client here; null when there can.</summary>
    public static string? WhyNot(string? terminal)
    {
        if (string.IsNullOrEmpty(terminal) || terminal == "dumb")
            return $"The terminal client needs a terminal that can place text (TERM is '{terminal}'). Use the commands instead: orleanskd --help.";
        return Driver.IsAttachedToTerminal(out _, out _)
            ? null
            : "The terminal client needs a terminal on its input and output. Use the commands instead: orleanskd --help.";
    }

    public static async Task<int> RunAsync(Func<ServerConnection> open, string logPath, TimeProvider time, Func<int> signalCode, CancellationToken cancellationToken)
    {
        using var server = open();
        await using var list = new SessionListModel(server, time);
        list.Start();
        Application.MaximumIterationsPerSecond = FramesPerSecond;
        using (var app = Application.Create().Init())
        {
            // Whatever dialogs are open: each turn of the loop ends the one on top.
            app.Iteration += (_, _) =>
            {
                if (cancellationToken.IsCancellationRequested)
                    app.RequestStop();
            };
            // A terminal that is gone may keep the loop from turning: then the process ends without it.
            using var last = cancellationToken.Register(() => _ = EndAnywayAsync(time, signalCode()));
            using var window = new MainWindow(server, list, time);
            var problems = 0;
            app.Run(window, problem => !cancellationToken.IsCancellationRequested && ++problems <= ProblemsShown && Report(app, problem, logPath, time));
        }
        return cancellationToken.IsCancellationRequested ? signalCode() : ExitCodes.Done;
    }

    private static async Task EndAnywayAsync(TimeProvider time, int code)
    {
        await Task.Delay(EndLimit, time);
        Environment.Exit(code);
    }

    /// <summary>An unexpected error is shown and logged, and the client goes on.</summary>
    private static bool Report(IApplication app, Exception problem, string logPath, TimeProvider time)
    {
        var place = logPath;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(logPath)!);
            File.AppendAllText(logPath, $"{time.GetUtcNow():O} {problem}\n\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            place = $"nowhere ({failure.Message})";
        }
        app.Post(() => MessageBox.ErrorQuery(app, "Unexpected error", VisibleText.From($"{problem.Message}\n\nIts details are in {place}"), "_OK"));
        return true;
    }
}
