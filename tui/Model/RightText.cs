using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>What a client may do with the debugger, in words (rule E7).</summary>
internal static class RightText
{
    public static string Of(OperatorRight? right) => right switch
    {
        OperatorRight.Inspect => "inspect",
        OperatorRight.Full => "full control",
        _ => "watch",
    };

    /// <summary>What the host is told before they give somebody full control.</summary>
    public static string FullControlWarning(string person) =>
        $"With full control, {VisibleText.Line(person)} can run programs as you on the computer where the debugger runs, stop or end the target, and end the KD server.";
}
