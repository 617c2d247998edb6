using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace OrleansKd.Tui.Views;

/// <summary>The colours of a theme; a test holds every pair of them against WCAG's contrast.</summary>
internal sealed record Palette
{
    public static readonly Palette Dark = new()
    {
        Text = new("#d8dee9"),
        Back = new("#181c23"),
        Faint = new("#9aa5b5"),
        Accent = new("#8fc7ff"),
        OnFocus = new("#0c1117"),
        Focus = new("#7fb4e6"),
        Selected = new("#34404f"),
        Edit = new("#29303a"),
        Menu = new("#2b3645"),
        Dialog = new("#222934"),
        OnError = new("#ffffff"),
        Error = new("#a3242b"),
    };

    public static readonly Palette Light = new()
    {
        Text = new("#1c2230"),
        Back = new("#fbfbf8"),
        Faint = new("#5a6372"),
        Accent = new("#0b4f94"),
        OnFocus = new("#ffffff"),
        Focus = new("#1f64a8"),
        Selected = new("#cfdff0"),
        Edit = new("#e6ebf1"),
        Menu = new("#dbe2ea"),
        Dialog = new("#eef1f5"),
        OnError = new("#ffffff"),
        Error = new("#b3261e"),
    };

    public required Color Text { get; init; }

    public required Color Back { get; init; }

    /// <summary>What can't be used now.</summary>
    public required Color Faint { get; init; }

    /// <summary>The letter of a hot key.</summary>
    public required Color Accent { get; init; }

    public required Color OnFocus { get; init; }

    public required Color Focus { get; init; }

    /// <summary>Behind what is chosen where the focus is not.</summary>
    public required Color Selected { get; init; }

    /// <summary>Behind what can be typed over.</summary>
    public required Color Edit { get; init; }

    public required Color Menu { get; init; }

    public required Color Dialog { get; init; }

    public required Color OnError { get; init; }

    public required Color Error { get; init; }

    /// <summary>The library's schemes, by the names that views use.</summary>
    /// <param name="isTerminals">Windows have the terminal's own two colours, not this palette's.</param>
    public IEnumerable<(string Name, Scheme Scheme)> Schemes(bool isTerminals)
    {
        var window = isTerminals ? new Attribute(Color.None, Color.None) : new Attribute(Text, Back);
        yield return ("Base", Scheme(window));
        yield return ("Accent", Scheme(window));
        yield return ("Dialog", Scheme(new Attribute(Text, Dialog)));
        yield return ("Menu", Scheme(new Attribute(Text, Menu)));
        yield return ("Error", Scheme(new Attribute(OnError, Error)) with { HotNormal = new(OnError, Error, TextStyle.Underline), ReadOnly = new(OnError, Error), Disabled = new(OnError, Error) });
    }

    private Scheme Scheme(Attribute normal) => new(normal)
    {
        HotNormal = new(Accent, normal.Background, TextStyle.Underline),
        Focus = new(OnFocus, Focus),
        HotFocus = new(OnFocus, Focus, TextStyle.Underline),
        Active = new(Text, Selected),
        HotActive = new(Text, Selected, TextStyle.Underline),
        Highlight = new(Text, Selected),
        Editable = new(Text, Edit),
        ReadOnly = new(Faint, normal.Background),
        Disabled = new(Faint, normal.Background),
    };
}
