using System.Text;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>Passes everything on, and remembers the end of what was printed, for the message when a debugger does not start.</summary>
internal sealed class PrintedText(IRunRecord next) : IRunRecord
{
    /// <summary>Enough for a usage text; a message is no transcript.</summary>
    private const int MaxBytes = 4 * 1024;

    private readonly Lock gate = new();
    private readonly List<byte> end = [];
    private bool isForgotten;

    public void Output(ReadOnlySpan<byte> bytes)
    {
        next.Output(bytes);
        lock (gate)
        {
            if (isForgotten)
                return;
            end.AddRange(bytes.Length > MaxBytes ? bytes[^MaxBytes..] : bytes);
            if (end.Count > MaxBytes)
                end.RemoveRange(0, end.Count - MaxBytes);
        }
    }

    public void Report(AgentChunk report) => next.Report(report);

    /// <summary>The debugger started: nobody will ask.</summary>
    public void Forget()
    {
        lock (gate)
        {
            isForgotten = true;
            end.Clear();
        }
    }

    public override string ToString()
    {
        lock (gate)
            return VisibleText.From(Encoding.UTF8.GetString(end.ToArray())).Trim();
    }
}
