namespace OrleansKd.Agent.Debugger;

/// <summary>The programs that this agent starts: the debuggers it finds, and those that its owner names (rule B2).</summary>
internal sealed class AllowedDebuggers
{
    private static readonly string[] Searched = ["gdb", "lldb", "kd", "cdb", "ntsd"];

    private AllowedDebuggers(IEnumerable<string> paths) => Paths = [.. paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];

    /// <summary>Full paths.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Searches the folders of <paramref name="searchPath"/> (the variable PATH), and adds <paramref name="also"/>.</summary>
    public static AllowedDebuggers Find(string? searchPath, IEnumerable<string> also)
    {
        var folders = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted);
        var found = from name in Searched
                    let path = folders.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)).FirstOrDefault(IsExecutable)
                    where path is not null
                    select path;
        return new(found.Concat(also));
    }

    /// <summary>Checks a location that a host typed: a path, or the bare name of an allowed debugger.</summary>
    /// <returns>The allowed path to start: the owner's spelling, never the host's.</returns>
    /// <exception cref="DebuggerStartException">Not found, not executable or not allowed.</exception>
    public string Resolve(string location)
    {
        var shown = Contracts.VisibleText.From(location);
        if (location.Length == 0 || location.Contains('\0', StringComparison.Ordinal))
            throw new DebuggerStartException($"No debugger was named. {Choices()}");
        var path = location.AsSpan().IndexOfAny('/', '\\') < 0
            ? Paths.FirstOrDefault(allowed => Path.GetFileName(allowed) == location) ?? throw new DebuggerStartException($"'{shown}' was not found among this computer's allowed debuggers. {Choices()}")
            : Path.GetFullPath(location);
        if (!File.Exists(path))
            throw new DebuggerStartException($"The debugger '{shown}' was not found on this computer. {Choices()}");
        if (!IsExecutable(path))
            throw new DebuggerStartException($"'{shown}' is not executable. Choose a program, or give the file the right to be executed.");
        return Paths.FirstOrDefault(allowed => allowed == path)
            ?? Paths.FirstOrDefault(allowed => Final(allowed) == Final(path))
            ?? throw new DebuggerStartException($"'{shown}' is not allowed on this computer. {Choices()} The agent's owner can allow it with --allow.");
    }

    private string Choices() => Paths.Count == 0
        ? "The agent found no debugger; its owner can install gdb or name one with --allow."
        : $"Allowed here: {string.Join(", ", Paths)}.";

    private static string Final(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName is { } target ? Path.GetFullPath(target) : path;

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
