namespace OrleansKd.Contracts.Debuggers;

internal static class ReadingTable
{
    /// <summary>These commands take these arguments.</summary>
    public static Dictionary<string, ReadingArguments> With(this Dictionary<string, ReadingArguments> table, ReadingArguments arguments, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            table.Add(name, arguments);
        return table;
    }
}
