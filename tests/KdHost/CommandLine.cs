namespace OrleansKd.KdHost;

/// <summary>
/// The part of kd's and cdb's command line that this console takes; names, order and case as documented.
/// </summary>
internal sealed class CommandLine
{
    public const string Usage = """
        usage: [-server TRANSPORT] [-secure] [-b] [-g] [-G] (-k OPTIONS | -z DUMP | -p PID | PROGRAM [ARGUMENT...])
               -remote TRANSPORT
        """;

    /// <summary>Others may connect here.</summary>
    public string? Server { get; private set; }

    /// <summary>The server to connect to; nothing else counts then.</summary>
    public string? Remote { get; private set; }

    public string? Kernel { get; private set; }

    public string? Dump { get; private set; }

    public int? ProcessId { get; private set; }

    /// <summary>A program to start, with its arguments.</summary>
    public string? Program { get; private set; }

    public bool IsSecure { get; private set; }

    /// <summary>A kernel target is stopped as soon as it answers.</summary>
    public bool BreaksKernel { get; private set; }

    public bool SkipsInitialBreak { get; private set; }

    public bool SkipsFinalBreak { get; private set; }

    /// <exception cref="ArgumentException">It makes no sense; the message is for the user.</exception>
    public static CommandLine Parse(string[] arguments)
    {
        var line = new CommandLine();
        for (var at = 0; at < arguments.Length; at++)
            switch (arguments[at])
            {
                case "-server" or "-remote" when at > 0:
                    throw new ArgumentException($"{arguments[at]} must come first");
                case "-server":
                    line.Server = Value(arguments, ref at);
                    break;
                case "-remote":
                    line.Remote = Value(arguments, ref at);
                    break;
                case "-k":
                    line.Kernel = Value(arguments, ref at);
                    break;
                case "-z":
                    line.Dump = Value(arguments, ref at);
                    break;
                case "-p":
                    var value = Value(arguments, ref at);
                    line.ProcessId = int.TryParse(value, out var id) ? id : throw new ArgumentException($"{value} is no process id");
                    break;
                case "-secure":
                    line.IsSecure = true;
                    break;
                case "-b":
                    line.BreaksKernel = true;
                    break;
                case "-g":
                    line.SkipsInitialBreak = true;
                    break;
                case "-G":
                    line.SkipsFinalBreak = true;
                    break;
                case ['-', ..] unknown:
                    throw new ArgumentException($"{unknown} is not known here");
                default:
                    line.Program = string.Join(' ', arguments[at..].Select(argument => argument.Contains(' ') ? $"\"{argument}\"" : argument));
                    at = arguments.Length;
                    break;
            }
        object?[] targets = [line.Remote, line.Kernel, line.Dump, line.ProcessId, line.Program];
        return targets.Count(target => target is not null) == 1 ? line : throw new ArgumentException(Usage);
    }

    private static string Value(string[] arguments, ref int at) =>
        ++at < arguments.Length ? arguments[at] : throw new ArgumentException($"{arguments[at - 1]} needs a value");
}
