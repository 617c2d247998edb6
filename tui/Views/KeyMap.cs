using System.Text;
using Terminal.Gui.Input;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>
/// The keys of a window: one table that the window acts by, its menus name keys from, and the help is written from, so that none of them says
/// something else than another.
/// </summary>
internal sealed class KeyMap
{
    private readonly List<Entry> entries = [];
    private string section = "";

    /// <summary>What follows is shown under this title.</summary>
    public KeyMap Section(string title)
    {
        section = title;
        return this;
    }

    /// <param name="what">In the help, in the words of a menu.</param>
    /// <param name="others">Keys that do the same; the help names them, too.</param>
    public KeyMap Add(Key key, string what, Action run, params Key[] others)
    {
        Key[] keys = [key, .. others];
        entries.Add(new(section, string.Join(", ", keys.Select(NameOf)), what, pressed => keys.Contains(pressed) ? run : null, key));
        return this;
    }

    /// <summary>A group of keys, such as Ctrl+Alt+letter; <paramref name="of"/> is null for a key that is none of them.</summary>
    public KeyMap AddRange(string keys, string what, Func<Key, Action?> of)
    {
        entries.Add(new(section, keys, what, of, null));
        return this;
    }

    /// <summary>Does what the key stands for; false: nothing.</summary>
    public bool Press(Key key)
    {
        foreach (var entry in entries)
        {
            if (entry.ActionOf(key) is not { } action)
                continue;
            action();
            return true;
        }
        return false;
    }

    /// <summary>A menu's line for the key's action; it runs in the loop's next turn, because the menu closes before, and the action may open a dialog.</summary>
    /// <exception cref="ArgumentException">The key does nothing here.</exception>
    public MenuItem Item(string text, Key key, Action<Action> later)
    {
        var action = entries.Select(entry => entry.Key is { } own && own == key ? entry.ActionOf(key) : null).FirstOrDefault(found => found is not null)
            ?? throw new ArgumentException($"{NameOf(key)} does nothing here.", nameof(key));
        return new MenuItem(text, "", () => later(action), key);
    }

    /// <summary>The table as people read it.</summary>
    public string Help()
    {
        var text = new StringBuilder();
        foreach (var group in entries.GroupBy(entry => entry.Section))
        {
            if (text.Length > 0)
                text.Append('\n');
            if (group.Key.Length > 0)
                text.Append(group.Key).Append('\n');
            foreach (var entry in group)
                text.Append("  ").Append(entry.Keys.PadRight(KeyColumns)).Append(' ').Append(entry.What).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>As keyboards have them: <c>Ctrl+Q</c>, <c>Up</c>, <c>PgDn</c>.</summary>
    public static string NameOf(Key key) => key.ToString()
        .Replace("Cursor", "", StringComparison.Ordinal)
        .Replace("PageUp", "PgUp", StringComparison.Ordinal)
        .Replace("PageDown", "PgDn", StringComparison.Ordinal);

    /// <summary>Columns of the help's left side; two long names fit.</summary>
    private const int KeyColumns = 18;

    private sealed record Entry(string Section, string Keys, string What, Func<Key, Action?> ActionOf, Key? Key);
}
