using System.Text;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// What the lines since the last command say when others are in the session. Everybody's commands are shown as a prompt with the
/// command behind it, wherever on the line, and no new prompt follows them; what else is printed buries a prompt.
/// </summary>
/// <param name="othersCount">Through a KD server: others can let the target go, and leaving harms nothing.</param>
internal sealed class KdLines(CommandGrammar grammar, bool othersCount)
{
    /// <summary>A command and the identification in front of it fit; of a longer line the end counts.</summary>
    private const int MaxBytes = 8 * 1024;

    private readonly List<byte> line = [];
    private Sight last;
    private bool isNewlyResumed;
    private bool mayLetGo;

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

    /// <summary>The prompt is back, or a line was written: what was seen before counts no more.</summary>
    /// <param name="written">Only what this asks for can let the target go: a target that prints the engine's words ends nothing.</param>
    public void Forget(string written = "") => (last, isNewlyResumed, mayLetGo) = (default, false, LetsGo(written));

    /// <summary>Whether somebody let the target run since this was asked last.</summary>
    public bool TakeResumed()
    {
        var taken = isNewlyResumed;
        isNewlyResumed = false;
        return taken;
    }

    private static bool LetsGo(string line) => line.Contains(".detach", StringComparison.OrdinalIgnoreCase) || line.Contains(".abandon", StringComparison.OrdinalIgnoreCase);

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
            var command = Encoding.UTF8.GetString(text[behind..]).TrimEnd();
            var isResumed = grammar.Resumes(command);
            mayLetGo |= othersCount && LetsGo(command);
            last = new(prompt, isResumed, false);
            isNewlyResumed |= isResumed;
        }
        else if (mayLetGo && text.TrimEnd((byte)'\r') is var words && (words.SequenceEqual("Detached"u8) || words.SequenceEqual("Abandoned"u8)))
        {
            last = last with { IsLetGo = true };
        }
    }

    /// <param name="Prompt">The last one that other output has buried.</param>
    /// <param name="IsResumed">What stood behind it lets the target run.</param>
    /// <param name="IsLetGo">The engine said that it let the target go.</param>
    public readonly record struct Sight(string? Prompt, bool IsResumed, bool IsLetGo);
}
