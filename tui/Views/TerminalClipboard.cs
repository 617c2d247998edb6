using System.Text;
using Terminal.Gui.App;

namespace OrleansKd.Tui.Views;

/// <summary>
/// The clipboard of the person's own terminal, also over SSH, by the escape sequence OSC 52: terminals take it when they are set to (in tmux:
/// <c>set -g set-clipboard on</c>), and never say whether they did. Written only when somebody copies.
/// </summary>
internal static class TerminalClipboard
{
    public static void Copy(IApplication app, string text)
    {
        // Ctrl+V in a field of this client.
        app.Clipboard?.TrySetClipboardData(text);
        app.Driver?.WriteRaw($"\u001b]52;c;{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\u001b\\");
    }
}
