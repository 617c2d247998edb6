using System.Collections.ObjectModel;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>The commands that wait (rule E3), as they come and go; the host, or whoever entered one, removes it.</summary>
internal sealed class QueueDialog : Dialog
{
    private readonly SessionModel session;
    private readonly ObservableCollection<string> shown = [];
    private readonly ListView list = new() { X = 1, Y = 1, Width = Dim.Fill(1), Height = Dim.Fill(2) };
    private readonly Label message = new() { X = 1, Y = Pos.AnchorEnd(2), Width = Dim.Fill(1), CanFocus = false };
    private IReadOnlyList<QueuedCommand> queue = [];
    private Refresher? refresher;

    public QueueDialog(SessionModel session)
    {
        this.session = session;
        (Title, Width, Height) = ("Commands that wait", Dim.Percent(80), Dim.Percent(60));
        list.SetSource(shown);
        var remove = new Button { Text = "_Remove" };
        remove.Accepting += (_, e) =>
        {
            e.Handled = true;
            Remove();
        };
        Add(list, message);
        AddButton(remove);
        AddButton(new Button { Text = "_Done", IsDefault = true });
    }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning)
        {
            refresher = new Refresher(App!, Refresh);
            session.Changed += refresher.Signal;
            Refresh();
        }
        else if (refresher is not null)
        {
            session.Changed -= refresher.Signal;
        }
    }

    protected override bool OnKeyDown(Key key)
    {
        if (key != Key.Delete)
            return base.OnKeyDown(key);
        Remove();
        return true;
    }

    private void Remove()
    {
        if (list.Value is { } index && index >= 0 && index < queue.Count)
            _ = session.RemoveCommandAsync(queue[index].Id);
    }

    private void Refresh()
    {
        var now = session.Now;
        var selected = list.Value;
        queue = now.Queue;
        shown.Clear();
        foreach (var item in queue)
            shown.Add($"{(item.IsRunning ? "runs " : "     ")} {EntryText.Safe(item.Text)}    {LineMarker.Text}{EntryText.Person(item.Author)}");
        if (queue.Count > 0)
            list.Value = Math.Clamp(selected ?? 0, 0, queue.Count - 1);
        message.SchemeName = now.Problem is null ? null : "Error";
        message.Text = VisibleText.Line(now.Problem ?? (queue.Count == 0 ? "Nothing waits." : "Delete removes a command that has not started."));
        SetNeedsDraw();
    }
}
