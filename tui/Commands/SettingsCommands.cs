using System.CommandLine;
using OrleansKd.Tui.Settings;

namespace OrleansKd.Tui.Commands;

/// <summary><c>settings show</c> and <c>settings write</c>.</summary>
internal static class SettingsCommands
{
    public static void AddTo(RootCommand root, CommandRunner runner)
    {
        var settings = runner.AddGroup(
            root, "settings", "Settings of the terminal client: a file, which need not be there.",
            "orleanskd settings show",
            "orleanskd settings write");
        runner.AddLocal(settings, "show", "Show what counts now, explained, and what is wrong in the file.", Show);
        runner.AddLocal(settings, "write", "Make the file, with every setting at its default, explained. An existing one stays.", Write);
    }

    private static void Show(CommandContext context)
    {
        var file = context.Host.Settings;
        var (settings, problem) = file.Load();
        if (context.IsJson)
            context.WriteJson(new { File = file.Path, Settings = settings, Problem = problem });
        else
            context.WriteLine(SettingsText.Write(settings).TrimEnd('\n'));
        context.Say(problem ?? (File.Exists(file.Path) ? $"From '{file.Path}'." : $"All of them are the defaults: there is no '{file.Path}'."));
    }

    private static void Write(CommandContext context)
    {
        var file = context.Host.Settings;
        file.WriteDefaults();
        if (context.IsJson)
            context.WriteJson(new { File = file.Path });
        else
            context.WriteLine(file.Path);
        context.Say("Edit it; the terminal client reads it when it starts.");
    }
}
