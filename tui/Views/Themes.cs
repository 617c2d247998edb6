using OrleansKd.Tui.Settings;
using Terminal.Gui.App;
using Terminal.Gui.Configuration;
using Terminal.Gui.Drawing;
using Terminal.Gui.ViewBase;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace OrleansKd.Tui.Views;

/// <summary>How the client looks. The library keeps its schemes for the whole process.</summary>
internal static class Themes
{
    /// <summary>The theme that counts: <c>NO_COLOR</c>, not empty, stands above the settings (no-color.org).</summary>
    public static ThemeChoice Of(ClientSettings settings, Func<string, string?> environment) =>
        environment("NO_COLOR") is { Length: > 0 } ? ThemeChoice.None : settings.Theme;

    /// <summary>Colours may be used beside those of the schemes.</summary>
    public static bool HasColours { get; private set; } = true;

    /// <summary>Before the first view is made. With <see cref="ThemeChoice.Auto"/> the terminal is dark until it has said that it is light.</summary>
    public static void Apply(IApplication app, ThemeChoice theme)
    {
        Use(theme, isDark: true);
        if (theme is not ThemeChoice.Auto || app.Driver is not { } driver)
            return;
        TakeOver();
        driver.DefaultAttributeChanged += (_, _) => app.Post(TakeOver);

        void TakeOver()
        {
            if (driver.DefaultAttribute is not { } own)
                return;
            Use(theme, own.Background.IsDarkColor());
            app.LayoutAndDraw(forceRedraw: true);
        }
    }

    /// <param name="isDark">What the terminal is; for <see cref="ThemeChoice.Auto"/>.</param>
    public static void Use(ThemeChoice theme, bool isDark)
    {
        HasColours = theme is not ThemeChoice.None;
        var schemes = theme switch
        {
            ThemeChoice.None => Colourless(),
            ThemeChoice.Dark => Palette.Dark.Schemes(isTerminals: false),
            ThemeChoice.Light => Palette.Light.Schemes(isTerminals: false),
            _ => (isDark ? Palette.Dark : Palette.Light).Schemes(isTerminals: true),
        };
        foreach (var (name, scheme) in schemes)
            SchemeManager.AddScheme(name, scheme);
        // A button's shadow takes a row of a small terminal; a dialog's is a colour of its own.
        ButtonSettings.Current = new() { DefaultShadow = ShadowStyles.None };
        DialogSettings.Current = theme is ThemeChoice.None ? new() { DefaultShadow = ShadowStyles.None } : DialogSettings.Default;
    }

    private static IEnumerable<(string Name, Scheme Scheme)> Colourless()
    {
        yield return ("Base", Plain(TextStyle.None));
        yield return ("Accent", Plain(TextStyle.None));
        yield return ("Dialog", Plain(TextStyle.None));
        yield return ("Menu", Plain(TextStyle.Reverse));
        yield return ("Error", Plain(TextStyle.Reverse | TextStyle.Bold));
    }

    /// <summary>What has the focus is the other way round than <paramref name="normal"/>.</summary>
    private static Scheme Plain(TextStyle normal) => new(Of(normal))
    {
        HotNormal = Of(normal | TextStyle.Underline),
        Focus = Of(normal ^ TextStyle.Reverse),
        HotFocus = Of((normal ^ TextStyle.Reverse) | TextStyle.Underline),
        Active = Of(normal | TextStyle.Bold),
        HotActive = Of(normal | TextStyle.Bold | TextStyle.Underline),
        Highlight = Of(normal | TextStyle.Bold),
        Editable = Of(normal | TextStyle.Underline),
        ReadOnly = Of(normal),
        Disabled = Of(normal | TextStyle.Faint),
        Code = Of(normal),
    };

    private static Attribute Of(TextStyle style) => new(Color.None, Color.None, style);
}
