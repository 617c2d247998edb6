namespace OrleansKd.Agent.Debugger.Lldb;

/// <summary>
/// Where lldb's Python module is. lldb looks for it beside itself at a place fixed when it was built, which some distributions get wrong
/// (Debian 12: lldb says <c>/usr/lib/local/lib/python3.11/dist-packages</c> and the module is in <c>/usr/lib/llvm-14/lib/python3.11/dist-packages</c>).
/// </summary>
internal static class LldbPython
{
    private static readonly string[] Libraries = ["lib", "lib64"];
    private static readonly string[] Packages = ["dist-packages", "site-packages"];

    /// <summary>The folder for Python's search path; null when there is none beside the program that this path leads to.</summary>
    public static string? FolderOf(string program)
    {
        var file = File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
        if (Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file))) is not { } prefix)
            return null;
        var found = from library in Libraries
                    let folder = Path.Combine(prefix, library)
                    where Directory.Exists(folder)
                    from version in Directory.EnumerateDirectories(folder, "python3*").Order(StringComparer.Ordinal).Reverse()
                    from packages in Packages
                    let path = Path.Combine(version, packages)
                    where File.Exists(Path.Combine(path, "lldb", "embedded_interpreter.py"))
                    select path;
        return found.FirstOrDefault();
    }
}
