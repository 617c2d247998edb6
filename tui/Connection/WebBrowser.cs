using System.ComponentModel;
using System.Diagnostics;

namespace OrleansKd.Tui.Connection;

/// <summary>The person's own browser, where this computer has a screen that they look at.</summary>
internal static class WebBrowser
{
    private const string Opener = "xdg-open";

    // A browser that this starts stays in the foreground of xdg-open, and Ctrl+C and the end of a terminal reach all of its session. The address is
    // never part of the script.
    private const string Script = $"exec setsid {Opener} \"$1\" </dev/null >/dev/null 2>&1";

    /// <summary>Whether one could be started. It is nobody's child: it outlives this program and its terminal, and writes to nobody's.</summary>
    public static bool TryOpen(Uri page, Func<string, string?> environment)
    {
        if (StartOf(page, environment) is not { } start)
            return false;
        try
        {
            using var started = Process.Start(start);
            return true;
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            // There is none: the person has the address.
            return false;
        }
    }

    /// <summary>Null where nobody would see it: without a display, over SSH (also with a display that it forwards), or without a browser.</summary>
    internal static ProcessStartInfo? StartOf(Uri page, Func<string, string?> environment)
    {
        if (environment("SSH_CONNECTION") is { Length: > 0 })
            return null;
        if (OperatingSystem.IsWindows())
            return new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true };
        if (OperatingSystem.IsMacOS())
            return Quiet("open", page.AbsoluteUri);
        var hasDisplay = environment("DISPLAY") is { Length: > 0 } || environment("WAYLAND_DISPLAY") is { Length: > 0 };
        var hasOpener = (environment("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Opener)));
        return hasDisplay && hasOpener ? Quiet("sh", "-c", Script, "sh", page.AbsoluteUri) : null;
    }

    private static ProcessStartInfo Quiet(string program, params string[] arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
}
