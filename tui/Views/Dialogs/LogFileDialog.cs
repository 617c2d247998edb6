using OrleansKd.Agent.Api;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Open Log File (rule G3): where to, behind what is there or not, and from when on.</summary>
internal sealed class LogFileDialog : FormDialog
{
    private readonly Open open;
    private readonly TextField path = new();
    private readonly CheckBox appends = new() { X = 22, Y = 3, Text = "A_ppend when it is there already" };
    private readonly CheckBox isWhole = new() { X = 22, Y = 4, Text = "_Begin with everything so far" };

    public LogFileDialog(string suggestedPath, Open open)
        : base("Open Log File", "_Open")
    {
        this.open = open;
        Height = 12;
        path.Text = suggestedPath;
        AddField(1, "File:", path);
        var browse = new Button { Text = "Bro_wse…", X = 22, Y = 2 };
        browse.Accepting += (_, e) =>
        {
            e.Handled = true;
            Browse();
        };
        Add(browse, appends, isWhole);
    }

    /// <exception cref="ProblemException">The file can't be opened.</exception>
    public delegate void Open(string path, bool appends, bool isWhole);

    protected override void Submit()
    {
        if (path.Text.Trim().Length == 0)
        {
            Request.Refuse("Name the file.");
            return;
        }
        var (file, behind, all) = (path.Text.Trim(), appends.Value == CheckState.Checked, isWhole.Value == CheckState.Checked);
        _ = Request.RunAsync(_ =>
        {
            open(file, behind, all);
            return Task.CompletedTask;
        });
    }

    private void Browse()
    {
        using var dialog = new SaveDialog { Title = "Log file", Path = path.Text };
        App!.Run(dialog);
        if (!dialog.Canceled && dialog.Path is { Length: > 0 } chosen)
            path.Text = chosen;
    }
}
