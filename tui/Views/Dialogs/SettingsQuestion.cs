using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Settings;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Where the settings are; makes their file when there is none.</summary>
internal static class SettingsQuestion
{
    public static void Ask(IApplication app, SettingsFile file)
    {
        var path = VisibleText.From(file.Path);
        if (File.Exists(file.Path))
        {
            MessageBox.Query(app, "Settings", $"Your settings are in\n\n{path}\n\nThe client reads them when it starts.", "_OK");
            return;
        }
        if (MessageBox.Query(app, "Settings", $"All settings are at their defaults. Make a file with each of them explained, to edit?\n\n{path}", "_Make It", "_Cancel") != 0)
            return;
        try
        {
            file.WriteDefaults();
        }
        catch (Exception problem) when (problem is ProblemException or IOException or UnauthorizedAccessException)
        {
            ProblemBox.Show(app, "Settings", problem.Message);
        }
    }
}
