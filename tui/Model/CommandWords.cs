
namespace OrleansKd.Tui.Model;

/// <summary>
/// What Tab offers: the commands that people type most, by debugger. A courtesy, not a rule: the debugger knows many more, and which of them somebody may
/// enter is decided by the server.
/// </summary>
internal static class CommandWords
{
    private static readonly string[] Gdb =
    [
        "advance", "backtrace", "break", "bt", "bt full", "catch", "clear", "commands", "condition", "continue", "delete", "detach", "directory", "disable", "disassemble", "disconnect", "display", "down", "enable",
        "finish", "frame", "hbreak", "help", "ignore", "info args", "info breakpoints", "info files", "info frame", "info functions", "info line", "info locals", "info program", "info registers", "info sharedlibrary",
        "info signals", "info source", "info symbol", "info threads", "info types", "info variables", "jump", "list", "monitor", "next", "nexti", "print", "ptype", "rbreak", "run", "rwatch", "set", "set var", "show",
        "stack", "start", "step", "stepi", "target extended-remote", "target remote", "tbreak", "thread", "thread apply all bt", "undisplay", "until", "up", "watch", "whatis", "where", "x",
    ];

    // From “Debugger Commands” of the Windows debuggers' documentation.
    private static readonly string[] Kd =
    [
        "!analyze -v", "!bugcheck", "!chain", "!cpuinfo", "!devnode", "!devobj", "!devstack", "!drvobj", "!error", "!gle", "!handle", "!heap", "!irp", "!irql", "!locks", "!object", "!pcr", "!peb", "!poaction", "!pool",
        "!prcb", "!process", "!process 0 0", "!process 0 7", "!pte", "!ready", "!running", "!session", "!stacks", "!sym noisy", "!sysinfo", "!teb", "!thread", "!timer", "!verifier", "!vm", "!wdfkd.wdfldr", ".bugcheck", ".chain",
        ".context", ".cxr", ".dump", ".ecxr", ".echo", ".effmach", ".exr", ".formats", ".frame", ".help", ".lastevent", ".load", ".logclose", ".logopen", ".process", ".reload", ".restart", ".server", ".srcpath", ".sympath",
        ".symfix", ".thread", ".time", ".trap", ".unload", "?", "??", "ba", "bc", "bd", "be", "bl", "bp", "bu", "da", "db", "dd", "dps", "dq", "dt", "du", "dv", "dx", "dyb", "ed", "eq", "g", "gh", "gn", "gu", "k", "kb", "kn", "kp",
        "kv", "lm", "lmvm", "ln", "p", "pa", "pc", "pt", "r", "rm", "s", "sx", "sxe", "t", "ta", "tc", "tt", "u", "uf", "ub", "vertarget", "version", "wt", "x",
    ];

    private static readonly string[] Lldb =
    [
        "breakpoint list", "breakpoint set", "bt", "bt all", "continue", "disassemble", "down", "expression", "finish", "frame info", "frame select", "frame variable", "help", "image list", "image lookup", "memory read",
        "next", "nexti", "p", "po", "process attach", "process detach", "process interrupt", "process launch", "process status", "register read", "register write", "run", "settings show", "source list", "step", "stepi", "target create",
        "target modules list", "target variable", "thread backtrace", "thread list", "thread select", "thread step-inst", "thread step-out", "thread until", "type lookup", "up", "watchpoint list", "watchpoint set",
    ];

    /// <summary>What begins with what was typed: commands, then this user's earlier lines.</summary>
    public static IReadOnlyList<string> After(string debuggerKind, string typed, CommandHistory history) =>
        typed.Trim().Length == 0
            ? []
            : [.. For(debuggerKind).Where(word => word.Length > typed.Length && word.StartsWith(typed, StringComparison.Ordinal)).Concat(history.BeginningWith(typed)).Distinct().Take(Offered)];

    /// <summary>As far as all of them are the same.</summary>
    public static string CommonStart(IReadOnlyList<string> offered)
    {
        var common = offered[0];
        foreach (var other in offered)
            common = common[..common.AsSpan().CommonPrefixLength(other)];
        return common;
    }

    /// <summary>More than fit on a line help nobody.</summary>
    private const int Offered = 50;

    private static string[] For(string debuggerKind) => debuggerKind switch
    {
        "gdb" => Gdb,
        "kd" or "cdb" or "ntsd" => Kd,
        "lldb" => Lldb,
        _ => [],
    };
}
