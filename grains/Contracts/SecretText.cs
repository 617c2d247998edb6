using System.Text.RegularExpressions;

namespace OrleansKd.Contracts;

/// <summary>Finds and hides what must not be shown to others (rule B8): <c>password=</c> and <c>key=</c> in a debugger's arguments, <c>password=</c> in commands of KD.</summary>
public static partial class SecretText
{
    /// <summary>What is shown in a secret's place.</summary>
    public const string Hidden = "…";

    private static readonly string[] KdKinds = ["kd", "cdb", "ntsd"];

    public static string MaskArgument(string argument) => InArgument().Replace(argument, "$1" + Hidden);

    /// <summary>The arguments' secrets were taken out, so that they are not what a debugger can be started with.</summary>
    public static bool IsMasked(string arguments) => MaskedInArguments().IsMatch(arguments);

    public static IEnumerable<string> SecretsOf(string argument) =>
        InArgument().Matches(argument).Select(match => match.Groups[2].Value).Where(secret => secret.Length > 0);

    /// <summary>
    /// A command as others see it. Only KD's commands carry transport strings (<c>.server tcp:port=5005,password=…</c>); in gdb
    /// <c>password=</c> is somebody's variable, and what was run must stay readable.
    /// </summary>
    public static string MaskCommand(string debuggerKind, string command) =>
        KdKinds.Contains(debuggerKind, StringComparer.Ordinal) ? InCommand().Replace(command, "$1" + Hidden) : command;

    // A value ends at the comma that separates the parts of a transport string; a quoted one at its quote.
    [GeneratedRegex("""((?<![A-Za-z0-9])(?:password|key)\s*=\s*)("[^"]*"?|'[^']*'?|[^,]*)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InArgument();

    [GeneratedRegex("""(?<![A-Za-z0-9])(?:password|key)\s*=\s*["']?…""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MaskedInArguments();

    // Behind a transport string other commands may follow.
    [GeneratedRegex("""(\b(?:tcp|npipe|spipe|ssl|com|1394|usb)\s*:[^;]*?(?<![A-Za-z0-9])password\s*=\s*)("[^"]*"?|[^,;\s]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InCommand();
}
