namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// What the agent reads in the command line of kd, cdb and ntsd. Their options begin with a dash or a slash and are
/// case-sensitive; <c>-remote</c> and <c>-server</c> with their transport must stand first (Microsoft's documentation of the command lines).
/// </summary>
internal static class KdArguments
{
    private const string Remote = "remote", Server = "server", Secure = "secure";

    /// <summary>The transport string of the KD server that they lead to; null: of none (rule B4).</summary>
    /// <exception cref="DebuggerStartException">A transport is malformed, or stands elsewhere.</exception>
    public static string? ServerOf(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            foreach (var option in (string[])[Remote, Server])
            {
                if (!Is(arguments[i], option, StringComparison.OrdinalIgnoreCase))
                    continue;
                // Behind a program's name it may be the program's own.
                if (i > 0 && !KdTransport.IsTransport(arguments.ElementAtOrDefault(i + 1)))
                    continue;
                if (!Is(arguments[i], option))
                    throw new DebuggerStartException($"'{arguments[i]}' is no option; it is written -{option}.");
                if (i > 0)
                    throw new DebuggerStartException($"-{option} stands at place {i + 1} of the arguments. It must be the first, with its transport behind it: the debugger does not see it elsewhere.");
                var transport = arguments.ElementAtOrDefault(1) ?? throw new DebuggerStartException($"-{option} needs a transport behind it, such as tcp:{(option == Remote ? "server=NAME," : "")}port=5005.");
                if (KdTransport.ProblemOf(transport, isServer: option == Server) is { } problem)
                    throw new DebuggerStartException($"The argument of -{option} can't be used: {problem}");
                // Its argument may look like anything.
                i++;
            }
        }
        return arguments is [{ } first, { } server, ..] && Is(first, Remote) ? server : null;
    }

    /// <summary>Whether the debugger lets others connect to it.</summary>
    public static bool MakesServer(IReadOnlyList<string> arguments) => arguments is [{ } first, ..] && Is(first, Server);

    /// <summary>With KD's secure mode (rule B7).</summary>
    public static IReadOnlyList<string> Secured(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(argument => Is(argument, Secure)))
            return arguments;
        var at = MakesServer(arguments) ? 2 : 0;
        return [.. arguments.Take(at), $"-{Secure}", .. arguments.Skip(at)];
    }

    private static bool Is(string argument, string option, StringComparison comparison = StringComparison.Ordinal) =>
        argument is ['-' or '/', _, ..] && argument.AsSpan(1).Equals(option, comparison);
}
