namespace OrleansKd.Testing.Kd;

/// <summary>Wine, as Debian and Ubuntu lay it out: its loader, and the folder of the Windows programs and libraries that it brings.</summary>
internal static class Wine
{
    /// <summary>The program itself: /usr/bin/wine is a script around it, with the same process id in the end.</summary>
    public const string Loader = "/usr/lib/wine/wine64";

    /// <summary>What ends everything that runs in a prefix.</summary>
    public const string Server = "/usr/lib/wine/wineserver64";

    private const string Libraries64 = "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows";

    /// <summary>Null when tests can use it; else the reason for skipping them.</summary>
    public static string? Missing { get; } =
        File.Exists(Loader) && File.Exists(Server) && Directory.Exists(Libraries64) ? null : "Needs Wine: apt-get install wine64 wine";

    /// <summary>
    /// Makes <paramref name="prefix"/> a Windows without anything installed: its system folder is Wine's own. Wine's way
    /// (wineboot) copies 690 MB, takes 5 seconds and starts services; the engine needs none of it.
    /// </summary>
    public static void CreatePrefix(string prefix)
    {
        var drives = Directory.CreateDirectory(Path.Combine(prefix, "dosdevices")).FullName;
        var windows = Directory.CreateDirectory(Path.Combine(prefix, "drive_c", "windows")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(windows, "system32"), Libraries64);
        Directory.CreateSymbolicLink(Path.Combine(drives, "c:"), "../drive_c");
        Directory.CreateSymbolicLink(Path.Combine(drives, "z:"), "/");
        File.WriteAllText(Path.Combine(prefix, ".update-timestamp"), "disable\n");
    }
}
