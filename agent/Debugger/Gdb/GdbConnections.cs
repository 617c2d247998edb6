using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Gdb;

/// <summary>
/// Follows what gdb's arguments connect it to, in the order in which gdb runs them: commands, and files of commands with the
/// files that they <c>source</c>. The last connection counts. Python and the bodies of <c>define</c> and the like are not looked into.
/// </summary>
internal sealed class GdbConnections
{
    /// <summary>A script that connects is some dozens of lines; symbols and data are not read as one.</summary>
    private const int MaxScriptBytes = 256 * 1024;

    /// <summary>Nobody's arguments name more; it bounds the work that a host can ask of the agent.</summary>
    private const int MaxScripts = 32;

    private static readonly string[] Targets = ["core", "ctf", "exec", "extended-remote", "native", "record-btrace", "record-core", "record-full", "remote", "sim", "tfile"];
    private int scripts;
    private string? server;

    /// <summary>The address of the stub that these arguments end in a connection to, and that lives on when gdb ends; null: of none.</summary>
    /// <exception cref="DebuggerStartException">An address can't be one.</exception>
    public static string? ServerOf(IReadOnlyList<string> arguments)
    {
        var connections = new GdbConnections();
        var options = GdbOptions.Read(arguments).ToList();
        var folder = Path.GetFullPath(options.LastOrDefault(option => option.Kind == GdbOptionKind.Folder).Value ?? ".");
        foreach (var (kind, value) in options)
        {
            switch (kind)
            {
                case GdbOptionKind.Command:
                    connections.Follow(value, folder, depth: 0);
                    break;
                case GdbOptionKind.Script or GdbOptionKind.EarlyScript:
                    connections.FollowScript(value, kind == GdbOptionKind.Script ? folder : Path.GetFullPath("."), depth: 0);
                    break;
            }
        }
        return connections.server;
    }

    private void Follow(string line, string folder, int depth)
    {
        var (word, rest) = GdbScript.Cut(line);
        if (IsShort(word, "target", shortest: 3))
            FollowTarget(rest);
        else if (IsShort(word, "source", shortest: 2) && depth < 2)
            FollowScript(rest.StartsWith("-v ", StringComparison.Ordinal) ? rest[3..].Trim() : rest, folder, depth);
        else if (IsShort(word, "disconnect", shortest: 4))
            server = null;
    }

    private void FollowTarget(string line)
    {
        var (word, address) = GdbScript.Cut(line);
        var kinds = Targets.Contains(word) ? [word] : Targets.Where(target => word.Length > 0 && target.StartsWith(word, StringComparison.Ordinal)).ToArray();
        if (kinds is not [var kind])
            return;
        if (kind is not ("remote" or "extended-remote"))
        {
            // A recording lies on top of the connection; everything else replaces it.
            if (!kind.StartsWith("record", StringComparison.Ordinal))
                server = null;
            return;
        }
        if (GdbAddress.ProblemOf(address) is { } problem)
            throw new DebuggerStartException($"The arguments' 'target {kind}' can't be used: {problem}");
        server = GdbAddress.IsPipe(address) ? null : address;
    }

    /// <summary>Reads a script; one that can't be read is gdb's to complain about.</summary>
    private void FollowScript(string name, string folder, int depth)
    {
        if (name.StartsWith("~/", StringComparison.Ordinal))
            name = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), name[2..]);
        var file = new FileInfo(Path.Combine(folder, name));
        if (name.Length == 0 || name.EndsWith(".py", StringComparison.Ordinal) || !file.Exists || file.Length > MaxScriptBytes || ++scripts > MaxScripts)
            return;
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file.FullName);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return;
        }
        foreach (var line in GdbScript.TopLevel(lines))
            Follow(line, folder, depth + 1);
    }

    private static bool IsShort(string word, string whole, int shortest) => word.Length >= shortest && whole.StartsWith(word, StringComparison.Ordinal);
}
