using System.Globalization;

namespace OrleansKd.Agent.Debugger.Unix;

/// <summary>The processes that a debugger holds, as <c>/proc</c> tells it.</summary>
internal static class Tracees
{
    /// <summary>All that the debugger with this process number holds, by their numbers.</summary>
    public static IReadOnlyList<int> Of(int debugger)
    {
        var held = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Tracer(folder) == debugger)
                held.Add(id);
        }
        return held;
    }

    private static int Tracer(string folder)
    {
        try
        {
            var tracer = File.ReadLines(Path.Combine(folder, "status")).FirstOrDefault(line => line.StartsWith("TracerPid:", StringComparison.Ordinal));
            return tracer is null ? 0 : int.Parse(tracer.AsSpan(10), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
