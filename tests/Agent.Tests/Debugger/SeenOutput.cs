using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A dialect's reader without a process, and what it made of what was printed: <c>[prompt]</c>, <c>&lt;continuation&gt;</c>, <c>(event)</c>.</summary>
internal class SeenOutput : IDebuggerOutputSink
{
    private readonly Lock gate = new();
    private readonly FakeTimeProvider time = new();
    private readonly StringBuilder seen = new();
    private long written;

    public DebuggerOutput Output { get; private set; } = null!;

    public string Seen => seen.ToString();

    public bool HasResumed { get; private set; }

    public void Attach(DebuggerDialect dialect) => Output = dialect.CreateOutput(this, gate, time);

    public void Clear() => seen.Clear();

    public WrittenLine Writes(string line)
    {
        lock (gate)
        {
            written++;
            var writing = Output.Writing(line);
            HasResumed = writing.Resumes;
            return writing;
        }
    }

    public void Prints(string text) => Output.Read(Encoding.UTF8.GetBytes(text));

    public void IsSilent(TimeSpan span) => time.Advance(span);

    long IDebuggerOutputSink.Written => written;

    void IDebuggerOutputSink.OnText(ReadOnlySpan<byte> text) => seen.Append(Encoding.UTF8.GetString(text));

    void IDebuggerOutputSink.OnPrompt(ReadOnlySpan<byte> shown, string prompt, long? found)
    {
        if (found is null || found == written)
            seen.Append('[').Append(Encoding.UTF8.GetString(shown)).Append(']');
    }

    void IDebuggerOutputSink.OnContinuation(string prompt, long found) => seen.Append('<').Append(prompt).Append('>');

    void IDebuggerOutputSink.OnReporting() => throw new InvalidOperationException();

    void IDebuggerOutputSink.OnResumed() => throw new InvalidOperationException();

    void IDebuggerOutputSink.OnStopped() => throw new InvalidOperationException();

    void IDebuggerOutputSink.OnFollowing() => seen.Append("(waiting)");

    void IDebuggerOutputSink.OnTargetLetGo() => seen.Append("(let go)");

    void IDebuggerOutputSink.OnLeaving(TargetFate left) => throw new InvalidOperationException();

    void IDebuggerOutputSink.OnLeft() => throw new InvalidOperationException();
}
