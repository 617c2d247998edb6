using System.Diagnostics.CodeAnalysis;

namespace OrleansKd.Contracts;

/// <summary>The text form of a refusal where only a message travels (hubs): <c>[code] message</c>.</summary>
public static class ProblemText
{
    public static string Format(string code, string message) => $"[{code}] {message}";

    /// <summary>Finds code and message also inside the sentence that SignalR puts around a <c>HubException</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? code, [NotNullWhen(true)] out string? message)
    {
        (code, message) = (null, null);
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var close = open < 0 ? -1 : text.IndexOf("] ", open, StringComparison.Ordinal);
        if (close < 0)
            return false;
        var candidate = text[(open + 1)..close];
        if (candidate.Length == 0 || candidate.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz-") >= 0)
            return false;
        (code, message) = (candidate, text[(close + 2)..]);
        return true;
    }
}
