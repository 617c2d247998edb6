namespace OrleansKd.Contracts.Debuggers;

/// <summary>What may follow a reading command.</summary>
/// <returns>Null when the arguments only read; else why not, as a sentence.</returns>
internal delegate string? ReadingArguments(string arguments);

/// <summary>Sentences and checks that the grammars share.</summary>
internal static class Reading
{
    public const string NoCommand = "There is no command in this line.";

    public static string NotKnown(string kind, string name) => $"“{name}” is not among the reading commands of {kind}; it needs full control.";

    public static string NotUnderstood(string arguments) => $"“{arguments}” is more than the right to inspect allows here; it needs full control.";

    public static string? Nothing(string arguments) => arguments.Length == 0 ? null : NotUnderstood(arguments);

    /// <summary>Arguments of one of these shapes.</summary>
    public static ReadingArguments Shape(System.Text.RegularExpressions.Regex shape) => arguments => shape.IsMatch(arguments) ? null : NotUnderstood(arguments);
}
