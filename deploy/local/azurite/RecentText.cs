using System.Text;

namespace OrleansKd.Local.Azurite;

/// <summary>The end of what a program wrote, for error messages.</summary>
internal sealed class RecentText
{
    /// <summary>Enough for a stack trace and its cause; a message nobody scrolls through.</summary>
    public const int MaxCharacters = 8 * 1024;

    private readonly Lock gate = new();
    private readonly StringBuilder text = new();

    public void AddLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            text.AppendLine(line);
            if (text.Length > MaxCharacters)
            {
                text.Remove(0, text.Length - MaxCharacters);
            }
        }
    }

    public override string ToString()
    {
        lock (gate)
        {
            return text.Length == 0 ? "(it wrote nothing)" : text.ToString().TrimEnd();
        }
    }
}
