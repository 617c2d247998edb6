using System.CommandLine;
using System.CommandLine.Parsing;

namespace OrleansKd.Tui.Commands;

/// <summary>
/// What validators may ask about options: asking for a value throws when it is missing or malformed, which is another error of the same
/// command line and is told by itself.
/// </summary>
internal static class OptionResults
{
    public static bool IsGiven(this SymbolResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>A flag is given and not <c>false</c>.</summary>
    public static bool IsOn(this SymbolResult result, Option<bool> flag) => IsOn(result.GetResult(flag));

    /// <inheritdoc cref="IsOn(SymbolResult, Option{bool})"/>
    public static bool IsOn(this SymbolResult result, string flag) => IsOn(result.GetResult(flag));

    private static bool IsOn(SymbolResult? flag) => flag is OptionResult { Implicit: false } given && (given.Tokens.Count == 0 || !bool.TryParse(given.Tokens[0].Value, out var isOn) || isOn);
}
