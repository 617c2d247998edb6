using System.Collections.Frozen;

namespace OrleansKd.Agent.Debugger.Gdb;

/// <summary>What one option of gdb's command line makes it do.</summary>
internal enum GdbOptionKind
{
    Other,

    /// <summary>A command: <c>-ex</c>, <c>-iex</c>.</summary>
    Command,

    /// <summary>A file of commands, read before the working directory changes: <c>-ix</c>.</summary>
    EarlyScript,

    /// <summary>A file of commands: <c>-x</c>.</summary>
    Script,

    /// <summary>The working directory: <c>-cd</c>.</summary>
    Folder,

    /// <summary>What follows belongs to the target: <c>--args</c>.</summary>
    TargetArguments,
}

/// <summary>
/// gdb's command line as getopt_long_only reads it: one dash or two, names cut short, values behind <c>=</c> or in the next
/// argument. What stands behind <c>--args</c> or <c>--</c> belongs to the target.
/// </summary>
internal static class GdbOptions
{
    /// <summary>All of gdb's options: a short form is as ambiguous here as for gdb.</summary>
    private static readonly FrozenDictionary<string, (GdbOptionKind Kind, bool HasValue)> Known = new (GdbOptionKind Kind, bool HasValue, string Names)[]
    {
        (GdbOptionKind.Command, true, "ex eval-command iex init-eval-command"),
        (GdbOptionKind.Script, true, "x command"),
        (GdbOptionKind.EarlyScript, true, "ix init-command"),
        (GdbOptionKind.Folder, true, "cd"),
        (GdbOptionKind.TargetArguments, false, "args"),
        (GdbOptionKind.Other, true, "eix eiex early-init-command early-init-eval-command annotate se symbols s exec e core c pid p ui interpreter i directory d data-directory D tty baud b l"),
        (GdbOptionKind.Other, false, "tui dbx readnow r readnever write fullname f help version configuration nw nowindows w windows statistics return-child-result batch batch-silent quiet q silent nx n nh"),
    }.SelectMany(group => group.Names.Split(' ').Select(name => (name, group.Kind, group.HasValue))).ToFrozenDictionary(known => known.name, known => (known.Kind, known.HasValue), StringComparer.Ordinal);

    /// <summary>The options that run commands, in their order on the command line.</summary>
    public static IEnumerable<(GdbOptionKind Kind, string Value)> Read(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is not ['-', _, ..] argument)
                continue;
            var name = argument.TrimStart('-');
            if (name.Length == 0)
                yield break;
            var equals = name.IndexOf('=', StringComparison.Ordinal);
            var (kind, hasValue) = Find(equals < 0 ? name : name[..equals]);
            if (kind == GdbOptionKind.TargetArguments || hasValue && equals < 0 && ++i == arguments.Count)
                yield break;
            if (kind != GdbOptionKind.Other)
                yield return (kind, equals < 0 ? arguments[i] : name[(equals + 1)..]);
        }
    }

    private static (GdbOptionKind Kind, bool HasValue) Find(string name)
    {
        if (Known.TryGetValue(name, out var exact))
            return exact;
        var meanings = Known.Where(known => known.Key.StartsWith(name, StringComparison.Ordinal)).Select(known => known.Value).Distinct().ToList();
        return meanings is [var only] ? only : (GdbOptionKind.Other, false);
    }
}
