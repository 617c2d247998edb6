using System.Text.RegularExpressions;

namespace OrleansKd.Agent.Debugger;

/// <summary>Hides the values of <c>password=</c> and <c>key=</c> (rule B8).</summary>
internal static partial class SecretMask
{
    public const string Hidden = "…";

    /// <summary>The arguments as one line that splits into the same arguments, with secrets replaced.</summary>
    public static string Line(IEnumerable<string> arguments) =>
        ArgumentSplitter.Join(arguments.Select(argument => Secret().Replace(argument, "$1" + Hidden)));

    /// <summary>Replaces the arguments' secrets wherever they stand in other text, such as what a debugger printed.</summary>
    public static string In(string text, IEnumerable<string> arguments)
    {
        var secrets = arguments.SelectMany(argument => Secret().Matches(argument)).Select(match => match.Groups[2].Value);
        foreach (var secret in secrets.Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        return text;
    }

    // A value ends at the comma that separates the parts of a transport string; a quoted one at its quote.
    [GeneratedRegex("""((?<![A-Za-z0-9])(?:password|key)\s*=\s*)("[^"]*"?|'[^']*'?|[^,]*)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
