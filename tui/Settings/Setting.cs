using System.Globalization;
using System.Text.Json;

namespace OrleansKd.Tui.Settings;

/// <summary>One line of the settings file.</summary>
/// <param name="Meaning">For people, as a comment above it; one line or several.</param>
/// <param name="Values">What it may be, in a message to somebody who wrote something else.</param>
/// <param name="With">The settings with this value; null: it may not be that.</param>
/// <param name="Of">The value, as JSON.</param>
internal sealed record Setting(
    string Name, string Meaning, string Values, Func<ClientSettings, JsonElement, ClientSettings?> With, Func<ClientSettings, string> Of)
{
    public static Setting Switch(string name, string meaning, Func<ClientSettings, bool> of, Func<ClientSettings, bool, ClientSettings> with) => new(
        name, meaning, "true or false",
        (settings, value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? with(settings, value.GetBoolean()) : null,
        settings => of(settings) ? "true" : "false");

    public static Setting Number(string name, string meaning, int most, Func<ClientSettings, int> of, Func<ClientSettings, int, ClientSettings> with) => new(
        name, meaning, string.Create(CultureInfo.InvariantCulture, $"a whole number from 0 to {most:N0}"),
        (settings, value) => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 && number <= most ? with(settings, number) : null,
        settings => of(settings).ToString(CultureInfo.InvariantCulture));

    /// <summary>One of an enumeration's names, in lower case.</summary>
    public static Setting Choice<T>(string name, string meaning, Func<ClientSettings, T> of, Func<ClientSettings, T, ClientSettings> with)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>().ToDictionary(Text);
        return new(
            name, meaning, string.Join(", ", values.Keys.SkipLast(1).Select(value => $"\"{value}\"")) + $" or \"{values.Keys.Last()}\"",
            (settings, value) => value.ValueKind is JsonValueKind.String && values.TryGetValue(value.GetString()!, out var chosen) ? with(settings, chosen) : null,
            settings => $"\"{Text(of(settings))}\"");

        static string Text(T value) => value.ToString().ToLowerInvariant();
    }
}
