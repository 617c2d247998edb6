using System.Text.RegularExpressions;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Configuration;
using Terminal.Gui.Drawing;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>The schemes are the process's: each test leaves the ordinary ones behind.</summary>
[Collection(nameof(ViewCollection))]
public sealed class ThemeTests : IDisposable
{
    /// <summary>WCAG 2.2 AA, for text.</summary>
    private const double LeastContrast = 4.5;

    private static readonly VisualRole[] Roles =
    [
        VisualRole.Normal, VisualRole.HotNormal, VisualRole.Focus, VisualRole.HotFocus, VisualRole.Active, VisualRole.HotActive, VisualRole.Highlight,
        VisualRole.Editable, VisualRole.ReadOnly, VisualRole.Disabled,
    ];

    public void Dispose()
    {
        Themes.Use(ThemeChoice.Auto, isDark: true);
        ButtonSettings.Current = ButtonSettings.Default;
    }

    [Theory]
    [InlineData(nameof(ThemeChoice.Dark), true)]
    [InlineData(nameof(ThemeChoice.Light), true)]
    [InlineData(nameof(ThemeChoice.Auto), true)]
    [InlineData(nameof(ThemeChoice.Auto), false)]
    public void Use_WithColours_KeepsEveryTextReadable_AlsoWithSixteenColours(string theme, bool isDark)
    {
        Themes.Use(Enum.Parse<ThemeChoice>(theme), isDark);
        var (text, back) = isDark ? (new Color("#e0e0e0"), new Color("#000000")) : (new Color("#202020"), new Color("#ffffff"));
        Assert.All(from scheme in SchemeManager.GetSchemeNames() from role in Roles select (scheme, role), one =>
        {
            var attribute = SchemeManager.GetScheme(one.scheme).GetAttributeForRole(one.role);
            var (above, below) = (attribute.Foreground == Color.None ? text : attribute.Foreground, attribute.Background == Color.None ? back : attribute.Background);
            Assert.True(Contrast(above, below) >= LeastContrast, $"{theme} {one}: {above} on {below} has {Contrast(above, below):0.0}");
            Assert.True(above.GetClosestNamedColor16() != below.GetClosestNamedColor16(), $"{theme} {one}: {above} on {below} is one colour of sixteen");
        });
    }

    [Fact]
    public async Task Use_WithoutColours_DrawsTheWholeClientWithoutOne()
    {
        Themes.Use(ThemeChoice.None, isDark: true);
        await using var server = await ScriptedServer.StartAsync();
        server.Sessions = [server.Summary(), server.Summary(SessionState.Closed) with { Id = "x" }];
        server.Transcript.AddOutput("(gdb) ");
        using var connection = server.Connect();
        await using var list = new SessionListModel(connection, TimeProvider.System);
        list.Start();
        using var window = new MainWindow(connection, list, new Desk(connection, list, TimeProvider.System, new ClientSettings()), TimeProvider.System);
        using (var screen = new Screen(window))
        {
            await screen.WaitFor("Crash in ntfs");
            AssertColourless(screen);
            AssertColourless(screen.Press(Key.F10));
            var here = new ComputerSummary(ScriptedAgent.Computer, true, ["/usr/bin/gdb"]);
            using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, here, [here]);
            screen.App.Begin(dialog);
            AssertColourless(screen.Press(Key.Tab, Key.Enter));
            Assert.Contains("Host Session", screen.Text, StringComparison.Ordinal);
        }
        await using var session = new SessionModel(connection, server.SessionId, TimeProvider.System);
        session.Start();
        using var command = new CommandWindow(session, connection);
        using (var screen = new Screen(command))
        {
            await screen.WaitFor("(gdb)");
            AssertColourless(screen.Type("bt"));
            screen.Press(Key.Enter);
            await screen.WaitFor("Only the host runs commands.");
            AssertColourless(screen);
        }
    }

    [Fact]
    public void Use_WithoutColours_ShowsWhatHasTheFocus()
    {
        Themes.Use(ThemeChoice.None, isDark: true);
        Assert.All(SchemeManager.GetSchemeNames().Select(SchemeManager.GetScheme), scheme => Assert.NotEqual(
            scheme.Normal.Style & TextStyle.Reverse, scheme.Focus.Style & TextStyle.Reverse));
    }

    [Theory]
    [InlineData("1", nameof(ThemeChoice.None))]
    [InlineData("", nameof(ThemeChoice.Light))]
    [InlineData(null, nameof(ThemeChoice.Light))]
    public void Of_WhenTheEnvironmentWantsNoColour_HasNone(string? noColour, string expected) =>
        Assert.Equal(Enum.Parse<ThemeChoice>(expected), Themes.Of(new ClientSettings { Theme = ThemeChoice.Light }, name => name == "NO_COLOR" ? noColour : null));

    /// <summary>Bold, faint, underline, reverse, their ends, and the terminal's own two colours.</summary>
    private static void AssertColourless(Screen screen)
    {
        var drawn = screen.App.Driver!.ToAnsi();
        var codes = Regex.Matches(drawn, @"\e\[([0-9;:]*)m").SelectMany(match => match.Groups[1].Value.Split(';', ':')).ToHashSet();
        Assert.NotEmpty(codes);
        Assert.Subset(new HashSet<string> { "", "0", "1", "2", "4", "7", "22", "24", "27", "39", "49" }, codes);
    }

    private static double Contrast(Color one, Color other)
    {
        var (brighter, darker) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (brighter + 0.05) / (darker + 0.05);
    }

    private static double Luminance(Color color) => (0.2126 * Linear(color.R)) + (0.7152 * Linear(color.G)) + (0.0722 * Linear(color.B));

    private static double Linear(byte part) => part / 255.0 is <= 0.04045 and var low ? low / 12.92 : Math.Pow(((part / 255.0) + 0.055) / 1.055, 2.4);
}
