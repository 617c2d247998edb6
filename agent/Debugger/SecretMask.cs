using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>Hides the secrets of a debugger's arguments (rule B8).</summary>
internal static class SecretMask
{
    /// <summary>The arguments as one line that splits into the same arguments, with secrets replaced.</summary>
    public static string Line(IEnumerable<string> arguments) => ArgumentSplitter.Join(arguments.Select(SecretText.MaskArgument));

    /// <summary>Replaces the arguments' secrets wherever they stand in a message, as they are or as visible text.</summary>
    public static string In(string message, IEnumerable<string> arguments)
    {
        foreach (var secret in arguments.SelectMany(SecretText.SecretsOf).Select(secret => secret.Value).OrderByDescending(secret => secret.Length))
            message = message.Replace(secret, SecretText.Hidden, StringComparison.Ordinal).Replace(VisibleText.From(secret), SecretText.Hidden, StringComparison.Ordinal);
        return message;
    }
}
