using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Settings;

/// <summary>
/// The settings as text: JSON with comments. One table says what there is; the file is read by it and written from it. What is wrong in a
/// file is told by line; the settings that are right count.
/// </summary>
internal static class SettingsText
{
    /// <summary>Characters of a wrong name or value that a message repeats.</summary>
    private const int ShownCharacters = 40;

    private static readonly JsonReaderOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Choice("theme", "Colours: \"auto\" (dark or light, as the terminal is), \"dark\", \"light\" or \"none\". NO_COLOR in the environment means \"none\".",
            settings => settings.Theme, (settings, value) => settings with { Theme = value }),
        Setting.Switch("mouse", "Take the mouse. With false the terminal selects text with it, as anywhere else.",
            settings => settings.Mouse, (settings, value) => settings with { Mouse = value }),
        Setting.Switch("timeStamps", "Open Command windows with time stamps (F9 changes it there).",
            settings => settings.TimeStamps, (settings, value) => settings with { TimeStamps = value }),
        Setting.Switch("repeatStepOnEnter", "Enter on an empty line enters your last stepping or paging command again (p, t, u, d*; n, s, ni, si, x, list).",
            settings => settings.RepeatStepOnEnter, (settings, value) => settings with { RepeatStepOnEnter = value }),
        Setting.Switch("askBeforeBreak", "Ask, once in a session, before plain Ctrl+C breaks into the target. Ctrl+Alt+C never asks.",
            settings => settings.AskBeforeBreak, (settings, value) => settings with { AskBeforeBreak = value }),
        Setting.Number("historyLength", $"Commands that are remembered for the next time, up to {ClientSettings.MaxHistoryLength}. 0 remembers none.", ClientSettings.MaxHistoryLength,
            settings => settings.HistoryLength, (settings, value) => settings with { HistoryLength = value }),
        Setting.Switch("openBrowser", "Open the browser of this computer to sign in. It is never opened over SSH.",
            settings => settings.OpenBrowser, (settings, value) => settings with { OpenBrowser = value }),
    ];

    /// <summary>A whole file with these values, explained.</summary>
    public static string Write(ClientSettings settings)
    {
        var text = new StringBuilder("// Settings of orleanskd's terminal client. Comments and a last comma are allowed; what is missing has its default.\n{\n");
        foreach (var setting in All)
            text.Append("  // ").Append(setting.Meaning).Append("\n  \"").Append(setting.Name).Append("\": ").Append(setting.Of(settings)).Append(setting == All[^1] ? "\n" : ",\n\n");
        return text.Append("}\n").ToString();
    }

    /// <returns>The settings, and what is wrong with the text, line by line.</returns>
    public static (ClientSettings Settings, IReadOnlyList<string> Problems) Parse(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith(Encoding.UTF8.Preamble))
            text = text[Encoding.UTF8.Preamble.Length..];
        var (settings, problems, seen) = (new ClientSettings(), new List<string>(), new HashSet<string>());
        try
        {
            var reader = new Utf8JsonReader(text, Reading);
            reader.Read();
            if (reader.TokenType is not JsonTokenType.StartObject)
                return (settings, [$"line {LineOf(text, reader)}: settings stand between {{ and }}"]);
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var (name, line) = (reader.GetString()!, LineOf(text, reader));
                reader.Read();
                var value = JsonElement.ParseValue(ref reader);
                if (All.FirstOrDefault(setting => setting.Name == name) is not { } known)
                    problems.Add($"line {line}: there is no setting \"{Short(name)}\"; there are {string.Join(", ", All.Select(setting => setting.Name))}");
                else if (!seen.Add(name))
                    problems.Add($"line {line}: \"{name}\" stands there twice");
                else if (known.With(settings, value) is { } changed)
                    settings = changed;
                else
                    problems.Add($"line {line}: \"{name}\" is {Short(value.GetRawText())}; it may be {known.Values}");
            }
            // Nothing but comments may follow.
            reader.Read();
            return (settings, problems);
        }
        catch (InvalidOperationException)
        {
            return (new ClientSettings(), ["some of it is not text in UTF-8"]);
        }
        catch (JsonException problem)
        {
            return (new ClientSettings(), [$"line {problem.LineNumber + 1}: {problem.Message.Split(" LineNumber:", 2)[0]}"]);
        }
    }

    private static int LineOf(ReadOnlySpan<byte> text, in Utf8JsonReader reader) => text[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;

    private static string Short(string text) => VisibleText.Line(text.Length > ShownCharacters ? text[..ShownCharacters] + "…" : text);
}
