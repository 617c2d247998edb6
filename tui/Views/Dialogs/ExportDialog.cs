using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Export: the transcript as it is now, in a file (rule G4).</summary>
internal sealed class ExportDialog : FormDialog
{
    private static readonly (string Label, string Extension, ExportFormat Format)[] Formats =
    [
        ("_Text, as it is read", "txt", ExportFormat.Text),
        ("JSON _Lines, an entry on each", "jsonl", ExportFormat.JsonLines),
        ("_Raw, the debugger's bytes", "bin", ExportFormat.Raw),
        ("_Asciicast, for terminal players", "cast", ExportFormat.Asciicast),
    ];

    private readonly SessionsClient sessions;
    private readonly string sessionId;
    private readonly CancellationTokenSource closing = new();
    private readonly OptionSelector format = new() { Labels = [.. Formats.Select(format => format.Label)], Value = 0 };
    private readonly TextField file = new();
    private readonly CheckBox replace = new() { X = 22, Y = 8, Text = "Re_place the file if it is there" };

    public ExportDialog(SessionsClient sessions, string sessionId, string sessionName)
        : base("Export", "_Export")
    {
        (this.sessions, this.sessionId) = (sessions, sessionId);
        Height = 18;
        AddField(1, "Format:", format);
        AddField(6, "File:", file);
        var browse = new Button { Text = "_Browse…", X = 22, Y = 7, ShadowStyle = ShadowStyles.None };
        browse.Accepting += (_, e) =>
        {
            e.Handled = true;
            Browse();
        };
        Add(browse, replace);
        file.Text = Path.Combine(Environment.CurrentDirectory, $"{FileNameOf(sessionName)}.{Formats[0].Extension}");
        format.ValueChanged += (_, _) => FollowFormat();
    }

    /// <summary>The file, once it is written.</summary>
    public string? Written { get; private set; }

    protected override void Submit()
    {
        if (Request.IsBusy)
            return;
        var path = file.Text.Trim();
        if (path.Length == 0)
            Refuse(file, "Name the file to write.");
        else if (Directory.Exists(path))
            Refuse(file, $"{path} is a folder. Name a file in it.");
        else if (File.Exists(path) && replace.Value != CheckState.Checked)
            Refuse(replace, $"{path} is there already. Name another file, or mark that it is to be replaced.");
        else if (Formats[format.Value ?? 0].Format is var chosen)
            _ = Request.RunAsync(_ => WriteAsync(path, chosen));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            closing.Cancel();
            closing.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task WriteAsync(string path, ExportFormat chosen)
    {
        try
        {
            path = Path.GetFullPath(path);
            await TranscriptExport.ToFileAsync(sessions, sessionId, chosen, path, new Reporter(Request), closing.Token);
            Written = path;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, $"{path} can't be written: {problem.Message}", problem);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // Nobody waits for it any more, and there is no half of a file.
        }
    }

    private void Browse()
    {
        using var dialog = new SaveDialog { Title = "Export to", Path = file.Text };
        App!.Run(dialog);
        if (!dialog.Canceled && dialog.Path.Length > 0)
            file.Text = dialog.Path;
    }

    /// <summary>The file's ending goes with the format, unless its user gave it another one.</summary>
    private void FollowFormat()
    {
        var ending = Path.GetExtension(file.Text).TrimStart('.');
        if (Formats.Any(known => known.Extension == ending))
            file.Text = Path.ChangeExtension(file.Text, Formats[format.Value ?? 0].Extension);
    }

    /// <summary>Letters and digits of the session's name: no path, and nothing that a shell would take for something else.</summary>
    private static string FileNameOf(string name)
    {
        var words = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "session" : string.Join('-', words).ToLowerInvariant();
    }

    private sealed class Reporter(RequestModel request) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => request.Tell($"Entry {value.Written:N0} of {value.All:N0}…");
    }
}
