namespace OrleansKd.Local.Processes;

/// <summary>Finds programs as a shell does, so that a missing one can be named before anything is started.</summary>
internal static class ProgramOnPath
{
    public static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        // npm is a batch file on Windows: CreateProcess finds it only with its full name.
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        return folders
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);
    }
}
