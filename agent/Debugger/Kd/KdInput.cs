namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// The engine's questions for input: <c>a</c> asks with an address, <c>e</c> commands with an address and what is there. An empty line
/// would end either, and at a prompt repeat the session's last command. A blank ends <c>a</c>, skips a value of <c>e</c>, and does
/// nothing at a prompt; what is no value ends <c>e</c> (all seen on the engine). So an empty line is never needed.
/// </summary>
internal static class KdInput
{
    /// <summary>What a user enters to end the input.</summary>
    public const string End = ".";

    private const string Blank = " ";

    /// <summary>Written one after the other, they end any input, and do nothing at a prompt but one error message.</summary>
    public static readonly string[] EndOfAny = [End, Blank];

    /// <summary>What is written for a user's line.</summary>
    public static string LineFor(string line, string prompt) => line.Trim() == End && !prompt.Trim().Contains(' ', StringComparison.Ordinal) ? Blank : line;
}
