using System.Diagnostics;
using OrleansKd.Agent.Debugger.Unix;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A process that the debugger works on, seen from outside; ended with the test.</summary>
internal sealed class ForeignProcess(int id, Process? process = null) : IDisposable
{
    public int Id => id;

    public bool IsAlive => State is not ('Z' or 'X' or '?');

    /// <summary>The kernel's letter: R, S, T (stopped), t (traced), Z; ? when it is gone.</summary>
    public char State
    {
        get
        {
            try
            {
                var status = File.ReadAllText($"/proc/{id}/stat");
                return status[status.LastIndexOf(')') + 2];
            }
            catch (IOException)
            {
                return '?';
            }
        }
    }

    public static ForeignProcess Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        return new(process.Id, process);
    }

    public void Dispose()
    {
        if (IsAlive)
            _ = LibC.kill(id, Signals.Kill);
        process?.Dispose();
    }
}
