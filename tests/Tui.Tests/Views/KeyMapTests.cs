using OrleansKd.Tui.Views;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

[Collection(nameof(ViewCollection))]
public sealed class KeyMapTests
{
    private readonly List<string> done = [];

    [Fact]
    public void Press_WhenTheKeyIsInTheTable_DoesItAndNothingElse()
    {
        var keys = new KeyMap()
            .Add(Key.F2, "Host a session", () => done.Add("host"))
            .Add(Key.Q.WithCtrl, "Quit", () => done.Add("quit"), Key.F10.WithShift)
            .AddRange("Ctrl+Alt+letter", "Ctrl+letter to the debugger", key => key.IsCtrl && key.IsAlt ? () => done.Add("key") : null);
        Assert.True(keys.Press(Key.F10.WithShift));
        Assert.True(keys.Press(Key.B.WithCtrl.WithAlt));
        Assert.True(keys.Press(Key.F2));
        Assert.False(keys.Press(Key.F3));
        Assert.Equal(["quit", "key", "host"], done);
    }

    [Fact]
    public void Help_NamesEveryKeyUnderItsSection()
    {
        var keys = new KeyMap()
            .Section("Lists").Add(Key.F2, "Host a session", () => { }).Add(Key.CursorUp.WithShift, "Scroll", () => { }, Key.PageUp)
            .Section("Everywhere").AddRange("Ctrl+Alt+letter", "Ctrl+letter to the debugger", _ => null);
        Assert.Equal(
            "Lists\n  F2                 Host a session\n  Shift+Up, PgUp     Scroll\n\nEverywhere\n  Ctrl+Alt+letter    Ctrl+letter to the debugger\n",
            keys.Help());
    }

    [Fact]
    public void Item_TakesKeyAndActionFromTheTable()
    {
        var keys = new KeyMap().Add(Key.F2, "Host a session", () => done.Add("host"));
        using var item = keys.Item("_Host Session…", Key.F2, action => action());
        item.Action!();
        Assert.Equal(Key.F2, item.Key);
        Assert.Equal(["host"], done);
        Assert.Throws<ArgumentException>(() => keys.Item("_Other", Key.F3, action => action()));
    }
}
