namespace OrleansKd.Testing.Kd;

/// <summary>
/// Scripts in the place of kd that print their own arguments and every line that they are given, as a debugger that echoes its transport
/// string does. One takes lines at a prompt until Ctrl+B; the other ends at once.
/// </summary>
public static class LoudKd
{
    private const string Echo = """printf "Connected to server with '%s'\n" "$*" """;

    private const string Lines = """
        printf '0: kd> '
        while IFS= read -r line; do
          case "$line" in *"$(printf '\002')"*) exit 0;; esac
          printf 'read %s\n0: kd> ' "$line"
        done
        """;

    /// <summary>The script's path, in a folder of its own below this one.</summary>
    public static string Create(string folder, bool fails = false)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, fails ? "kd-that-fails" : "kd-that-works")).FullName, "kd");
        File.WriteAllText(path, $"#!/bin/sh\n{Echo}\n{(fails ? "exit 3" : Lines)}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
