using System.Globalization;

namespace OrleansKd.Agent.Debugger.Unix;

/// <summary>A process that a debugger holds, as <c>/proc</c> tells it.</summary>
internal sealed record Tracee(int ProcessId, int ParentId)
{
    /// <summary>All processes that the debugger with this process number holds.</summary>
    public static IReadOnlyList<Tracee> Of(int debugger)
    {
        var held = new List<Tracee>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(folder) is var (tracer, parent) && tracer == debugger)
                held.Add(new(id, parent));
        }
        return held;
    }

    /// <summary>Sends SIGSTOP; it takes effect when the debugger lets go.</summary>
    public void Stop() => _ = LibC.kill(ProcessId, Signals.Stop);

    private static (int Tracer, int Parent) Read(string folder)
    {
        try
        {
            var (tracer, parent) = (0, 0);
            foreach (var line in File.ReadLines(Path.Combine(folder, "status")))
            {
                if (line.StartsWith("TracerPid:", StringComparison.Ordinal))
                    tracer = int.Parse(line.AsSpan(10), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                else if (line.StartsWith("PPid:", StringComparison.Ordinal))
                    parent = int.Parse(line.AsSpan(5), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
            return (tracer, parent);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (0, 0);
        }
    }
}
