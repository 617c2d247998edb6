using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>How wide dialogs are: most of a small terminal, and in a large one no wider than is read well.</summary>
internal static class DialogWidth
{
    public const int Most = 100;

    /// <param name="percent">Of a small terminal.</param>
    public static Dim Of(Dialog dialog, int percent) => Dim.Func(_ => Math.Min(Most, (dialog.App?.Screen.Width ?? Most) * percent / 100));
}
