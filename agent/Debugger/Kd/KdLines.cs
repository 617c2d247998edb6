using System.Text;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// What the lines since the last command say when others are in the session. Everybody's commands are shown as a prompt with the
/// command behind it, wherever on the line, and no new prompt follows them; what else is printed buries a prompt.
/// </summary>
internal sealed class KdLines(CommandGrammar grammar)
{
    /// <summary>A command and the identification in front of it fit; of a longer line the end counts.</summary>
    private const int MaxBytes = 8 * 1024;

    private readonly List<byte> line = [];
    private Sight last;
    private bool isNewlyResumed;

    public Sight Last => last;

    public void Add(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'\n') is var end and >= 0)
        {
            Append(text[..end]);
            Read(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line));
            line.Clear();
            text = text[(end + 1)..];
        }
        Append(text);
    }

    /// <summary>A line was written, or the prompt is back: what was seen before counts no more.</summary>
    public void Forget() => (last, isNewlyResumed) = (default, false);

    /// <summary>Whether somebody let the target run since this was asked last.</summary>
    public bool TakeResumed()
    {
        var taken = isNewlyResumed;
        isNewlyResumed = false;
        return taken;
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        line.AddRange(text);
        if (line.Count > MaxBytes)
            line.RemoveRange(0, line.Count - MaxBytes);
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        if (KdPrompt.LastIn(text, out var behind) is { } prompt)
        {
            var isResumed = grammar.Resumes(Encoding.UTF8.GetString(text[behind..]).TrimEnd());
            last = new(prompt, isResumed, false);
            isNewlyResumed |= isResumed;
        }
        else if (text.TrimEnd((byte)'\r') is var words && (words.SequenceEqual("Detached"u8) || words.SequenceEqual("Abandoned"u8)))
        {
            last = last with { IsLetGo = true };
        }
    }

    /// <param name="Prompt">The last one that other output has buried.</param>
    /// <param name="IsResumed">What stood behind it lets the target run.</param>
    /// <param name="IsLetGo">The engine said that it let the target go.</param>
    public readonly record struct Sight(string? Prompt, bool IsResumed, bool IsLetGo);
}
