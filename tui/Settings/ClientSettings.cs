namespace OrleansKd.Tui.Settings;

/// <summary>What a person may choose about the terminal client. The defaults here are the ones of the documented file (<see cref="SettingsText"/>).</summary>
internal sealed record ClientSettings
{
    /// <summary>More than anybody goes back by hand; the file stays below a few megabytes.</summary>
    public const int MaxHistoryLength = 10_000;

    /// <summary>The colours. <c>NO_COLOR</c> in the environment counts more.</summary>
    public ThemeChoice Theme { get; init; } = ThemeChoice.Auto;

    /// <summary>The client takes the mouse. Without, the terminal selects text with it as anywhere else.</summary>
    public bool Mouse { get; init; } = true;

    /// <summary>A Command window opens with time stamps before its lines.</summary>
    public bool TimeStamps { get; init; }

    /// <summary>Enter on an empty line enters the user's last stepping or paging command again (rule E6).</summary>
    public bool RepeatStepOnEnter { get; init; } = true;

    /// <summary>Plain Ctrl+C asks once in a session before it breaks into the target (rule E5).</summary>
    public bool AskBeforeBreak { get; init; } = true;

    /// <summary>Entered commands that are remembered for the next time (rule G2), up to <see cref="MaxHistoryLength"/>; 0: none is.</summary>
    public int HistoryLength { get; init; } = 1_000;

    /// <summary>Signing in opens the browser of this computer, where somebody would see it.</summary>
    public bool OpenBrowser { get; init; } = true;
}

internal enum ThemeChoice
{
    /// <summary>Dark or light, as the terminal's own background is.</summary>
    Auto,

    Dark,

    Light,

    /// <summary>No colour at all: the terminal's own two, with bold, reverse and underline.</summary>
    None,
}
