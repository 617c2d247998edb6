using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Lldb;

/// <summary>
/// Follows what lldb's arguments connect it to, in the order in which lldb runs them: commands, and files of commands with the files that
/// they source. The last connection counts. Python, <c>.lldbinit</c> and the commands of breakpoints are not looked into.
/// </summary>
internal sealed class LldbConnections
{
    /// <summary>A script that connects is some dozens of lines; symbols and data are not read as one.</summary>
    private const int MaxScriptBytes = 256 * 1024;

    /// <summary>Nobody's arguments name more; it bounds the work that a host can ask of the agent.</summary>
    private const int MaxScripts = 32;

    private int scripts;
    private string? server;

    /// <summary>The server that these arguments end in a connection to, and that lives on when lldb ends; null: none.</summary>
    /// <exception cref="DebuggerStartException">An address can't be one.</exception>
    public static string? ServerOf(IReadOnlyList<string> arguments)
    {
        var connections = new LldbConnections();
        foreach (var (kind, value) in LldbOptions.Read(arguments))
        {
            if (kind == LldbOptionKind.Command)
                connections.Follow(value, depth: 0);
            else
                connections.FollowScript(value, depth: 0);
        }
        return connections.server;
    }

    private void Follow(string line, int depth)
    {
        if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var first, .. var words])
            return;
        if (IsShort(first, "gdb-remote", shortest: 3) || IsShort(first, "kdp-remote", shortest: 3))
            Connect(line, words.FirstOrDefault() ?? "", LldbAddress.ProblemOfStub);
        else if (words is not [var second, .. var rest])
            return;
        else if (IsShort(first, "process", shortest: 3) && IsShort(second, "connect", shortest: 4) || IsShort(first, "platform", shortest: 2) && IsShort(second, "connect", shortest: 4))
            Connect(line, UrlIn(rest), LldbAddress.ProblemOfUrl);
        else if (IsShort(first, "process", shortest: 3) && IsShort(second, "detach", shortest: 1) || IsShort(first, "platform", shortest: 2) && IsShort(second, "disconnect", shortest: 1))
            server = null;
        else if (IsShort(first, "command", shortest: 4) && IsShort(second, "source", shortest: 2) && depth < 2)
            FollowScript(rest.LastOrDefault()?.Trim('\'', '"') ?? "", depth);
    }

    private void Connect(string line, string address, Func<string, string?> problemOf)
    {
        if (problemOf(address) is { } problem)
            throw new DebuggerStartException($"The arguments' '{VisibleText.From(line.Trim())}' can't be used: {problem}");
        server = address;
    }

    /// <summary>The URL of a connection: not an option, nor the plugin that one names.</summary>
    private static string UrlIn(string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] is "-p" or "--plugin")
                i++;
            else if (!words[i].StartsWith('-'))
                return words[i];
        }
        return "";
    }

    /// <summary>Reads a script; one that can't be read is lldb's to complain about.</summary>
    private void FollowScript(string name, int depth)
    {
        if (name.StartsWith("~/", StringComparison.Ordinal))
            name = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), name[2..]);
        if (name.Length == 0 || new FileInfo(Path.GetFullPath(name)) is not { Exists: true, Length: <= MaxScriptBytes } file || ++scripts > MaxScripts)
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
        foreach (var line in TopLevel(lines))
            Follow(line, depth + 1);
    }

    /// <summary>Without comments, and without what only becomes part of a breakpoint (<c>breakpoint command add</c> up to <c>DONE</c>).</summary>
    private static IEnumerable<string> TopLevel(IEnumerable<string> lines)
    {
        var isInBody = false;
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (isInBody)
                isInBody = line != "DONE";
            else if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, var second, var third, .. var rest] && (IsShort(first, "breakpoint", shortest: 2) || IsShort(first, "watchpoint", shortest: 2))
                && IsShort(second, "command", shortest: 1) && IsShort(third, "add", shortest: 1) && !rest.Any(word => word is "-o" or "-F" or "--one-liner" or "--python-function"))
                isInBody = true;
            else if (!line.StartsWith('#'))
                yield return line;
        }
    }

    private static bool IsShort(string word, string whole, int shortest) => word.Length >= shortest && whole.StartsWith(word, StringComparison.Ordinal);
}
