using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Settings;

namespace OrleansKd.Tui.Commands;

/// <summary>What the commands have of the world around the process; tests give another one.</summary>
internal sealed record CliHost
{
    public required TextWriter Out { get; init; }

    /// <summary>The same output, for bytes.</summary>
    public required Stream RawOut { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>A person sits at a terminal, on input and output: questions can be asked.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Output goes to a terminal, which must never get bytes from a debugger.</summary>
    public required bool IsOutputTerminal { get; init; }

    public required TimeProvider Time { get; init; }

    public required Func<ServerChoice, ServerConnection> Open { get; init; }

    public required SettingsFile Settings { get; init; }

    /// <summary>Runs the terminal client until it quits; the result is the exit code.</summary>
    public required Func<ServerChoice, CancellationToken, Task<int>> RunClient { get; init; }

    /// <summary>Opens a page in the person's browser; false where there is none.</summary>
    public Func<Uri, bool> OpenBrowser { get; init; } = _ => false;

    /// <summary>From now on the end of the terminal does not end the process.</summary>
    public required Action IgnoreHangUp { get; init; }

    /// <summary>The exit code when the process was told to end.</summary>
    public required Func<int> SignalCode { get; init; }
}
