using System.Text.RegularExpressions;

namespace OrleansKd.AzureTables.Tables;

internal static partial class TableName
{
    /// <summary>Azure's rule for table names.</summary>
    public const string Rule = "a letter, then letters and digits, 3 to 63 characters in all";

    public static bool IsValid(string? name) => name is not null && Pattern().IsMatch(name);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}\\z")]
    private static partial Regex Pattern();
}
