using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>Hides the secrets of a debugger's arguments (rule B8).</summary>
internal static class SecretMask
{
    /// <summary>The arguments as one line that splits into the same arguments, with secrets replaced.</summary>
    public static string Line(IEnumerable<string> arguments) => ArgumentSplitter.Join(arguments.Select(SecretText.MaskArgument));

    /// <summary>Replaces the arguments' secrets wherever they stand in other text, such as what a debugger printed.</summary>
    public static string In(string text, IEnumerable<string> arguments)
    {
        foreach (var secret in arguments.SelectMany(SecretText.SecretsOf).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, SecretText.Hidden, StringComparison.Ordinal);
        return text;
    }
}
