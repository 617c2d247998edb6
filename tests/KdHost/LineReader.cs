using System.Collections.Concurrent;
using System.Text;

namespace OrleansKd.KdHost;

/// <summary>How the input ended.</summary>
internal enum InputEnd
{
    None,
    CtrlB,
    EndOfInput,
}

/// <summary>Reads commands from standard input on a thread of its own, because the engine's thread must stay free for the engine.</summary>
internal sealed class LineReader(Stream stream, Action arrived)
{
    private const string CtrlB = "\u0002";
    private readonly ConcurrentQueue<string> lines = new();
    private volatile InputEnd end;

    public InputEnd End => end;

    public bool HasLine => !lines.IsEmpty;

    /// <param name="ended">Called once, when there are no more lines.</param>
    public void Start(Action<InputEnd> ended) => new Thread(() => Read(ended)) { IsBackground = true, Name = "standard input" }.Start();

    public bool TryTake(out string line) => lines.TryDequeue(out line!);

    private void Read(Action<InputEnd> ended)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false));
        string? line;
        while ((line = reader.ReadLine()) is not null and not CtrlB)
        {
            lines.Enqueue(line);
            arrived();
        }
        end = line is null ? InputEnd.EndOfInput : InputEnd.CtrlB;
        ended(end);
    }
}
