using System.Text.RegularExpressions;

namespace OrleansKd.Contracts;

/// <summary>Finds and hides what must not be shown to others (rule B8): <c>password=</c> and <c>key=</c> in a debugger's arguments, <c>password=</c> in commands of KD.</summary>
public static partial class SecretText
{
    /// <summary>What is shown in a secret's place.</summary>
    public const string Hidden = "…";

    private static readonly char[] WordEnds = [' ', '\t', '\\', ';', '"', '\''];

    private static readonly string[] KdKinds = ["kd", "cdb", "ntsd"];

    public static string MaskArgument(string argument) => InArgument().Replace(argument, "$1" + Hidden);

    /// <summary>The arguments' secrets were taken out, so that they are not what a debugger can be started with.</summary>
    public static bool IsMasked(string arguments) => MaskedInArguments().IsMatch(arguments);

    /// <summary>The secrets of an argument, without the quotes around them, and up to where a debugger may see their end.</summary>
    public static IEnumerable<FoundSecret> SecretsOf(string argument) => Found(InArgument().Matches(argument));

    /// <summary>The secrets of a command, as <see cref="MaskCommand"/> hides them.</summary>
    public static IEnumerable<FoundSecret> SecretsOfCommand(string debuggerKind, string command) =>
        KdKinds.Contains(debuggerKind, StringComparer.Ordinal) ? Found(InCommand().Matches(command)) : [];

    /// <summary>
    /// A command as others see it. Only KD's commands carry transport strings (<c>.server tcp:port=5005,password=…</c>); in gdb
    /// <c>password=</c> is somebody's variable, and what was run must stay readable.
    /// </summary>
    public static string MaskCommand(string debuggerKind, string command) =>
        KdKinds.Contains(debuggerKind, StringComparer.Ordinal) ? InCommand().Replace(command, "$1" + Hidden) : command;

    private static IEnumerable<FoundSecret> Found(MatchCollection matches) => matches
        .Select(match => new FoundSecret(Name().Match(match.Groups[1].Value).Value, match.Groups[2].Value.Trim(' ', '\t', '"', '\'')))
        .SelectMany(secret => new[] { secret, secret with { Value = secret.Value.Split(WordEnds)[0] } })
        .Where(secret => secret.Value.Length > 0).Distinct();

    // A value ends at the comma that separates the parts of a transport string; in quotes it may hold one. What stands between the quote and
    // the comma is hidden, too: who reads it may not end the value at the quote, and what was hidden once must not look unlike it the second time.
    [GeneratedRegex("""((?<![A-Za-z0-9])(?:password|key)\s*=\s*)("[^"]*"?|'[^']*'?|[^,]*)[^,]*""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InArgument();

    [GeneratedRegex("""(?<![A-Za-z0-9])(?:password|key)\s*=\s*["']?…""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MaskedInArguments();

    // Behind a transport string other commands may follow.
    [GeneratedRegex("""[a-z]+\s*=\s*\z""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("""(\b(?:tcp|npipe|spipe|ssl|com|1394|usb)\s*:[^;]*?(?<![A-Za-z0-9])password\s*=\s*)("[^"]*"?|[^,;\s]+)[^,;\s]*""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InCommand();
}

/// <param name="Name">What stands before it: <c>password=</c>, as it was written.</param>
public readonly record struct FoundSecret(string Name, string Value);
