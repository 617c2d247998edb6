using System.Text.RegularExpressions;
using OrleansKd.Contracts;

namespace OrleansKd.SignIn.Attempts;

/// <summary>Addresses as they are written in ASCII without quotes and comments: nothing in them means anything to a mail server or a header.</summary>
internal static partial class EmailAddress
{
    /// <summary>Trimmed and lower case (rule A1); null when it is none.</summary>
    public static string? TryParse(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        return trimmed.Length <= Limits.EmailLength && Address().IsMatch(trimmed) ? trimmed.ToLowerInvariant() : null;
    }

    public static bool IsDomain(string text) => text.Length <= Limits.EmailLength && Domain().IsMatch(text);

    /// <summary>Whether an address is one of those that may sign in.</summary>
    public static bool IsAmong(string email, IEnumerable<string> allowed) =>
        allowed.Any(entry => entry == "*" || string.Equals(entry, entry.Contains('@', StringComparison.Ordinal) ? email : email[(email.IndexOf('@', StringComparison.Ordinal) + 1)..], StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\z", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Address();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\z", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Domain();
}
