using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>What the keys and the menu of a Command window do.</summary>
internal sealed partial class CommandWindow
{
    /// <summary>Of a file's name, of what may be any session's name.</summary>
    private const int LogNameCharacters = 40;

    /// <summary>In the question before they are entered: it must fit on a small screen.</summary>
    private const int PastedLinesShown = 8;

    private void Enter(string line)
    {
        // “The line ^B means Ctrl+B” (rule E5), where Ctrl+B means something.
        if (line.Trim() is "^B" or "^b" && ControlKeys.Of(session.Now.DebuggerKind, 'b').Action is ControlKeyAction.Leave)
        {
            PressKey('b');
            return;
        }
        if (!MayBeSent(line))
            return;
        Scroll(transcript.Screen.GoToTail);
        _ = session.EnterAsync(line);
    }

    /// <summary>A quit word goes only when that is meant (rule F5); to suggest it ends nothing.</summary>
    private bool MayBeSent(string line) =>
        session.Now.MaySuggest || CommandGrammar.For(session.Now.DebuggerKind).QuitWordIn(line) is null
        || MessageBox.Query(App!, "End the debugger?", $"“{VisibleText.Line(line)}” may end the debugger, and with it this session, for everybody.", "_Send It", "_Cancel") == 0;

    /// <summary>Several lines that were pasted become several commands, once that is meant (rule E6).</summary>
    private void EnterAll(string[] lines)
    {
        if (session.Now.MaySuggest)
        {
            Say("One command is suggested at a time: paste one line.");
            return;
        }
        if (lines.Length > Limits.CommandsAtOnce)
        {
            Say($"{lines.Length:N0} lines were pasted; {Limits.CommandsAtOnce} commands is the most at once. Let the debugger read a script instead.");
            return;
        }
        var some = string.Join('\n', lines.Take(PastedLinesShown).Select(line => "  " + VisibleText.Line(line))) + (lines.Length > PastedLinesShown ? $"\n  … and {lines.Length - PastedLinesShown} more" : "");
        if (MessageBox.Query(App!, "Paste", $"Enter these {lines.Length} lines as commands?\n\n{some}", "_Enter Them", "_Cancel") != 0 || !lines.All(MayBeSent))
            return;
        Scroll(transcript.Screen.GoToTail);
        _ = session.EnterAllAsync(lines);
    }

    private void SuggestTyped()
    {
        var command = commandLine.Text.Trim();
        if (command.Length == 0)
            return;
        commandLine.Text = "";
        _ = session.SuggestAsync(command);
    }

    private void RunSuggestion()
    {
        if (suggested is { } shown && MayBeSent(shown.Text))
            _ = session.RunSuggestionAsync(shown.Id, null);
    }

    /// <summary>It is the suggestion that runs, as it was edited: the transcript tells both.</summary>
    private void EditSuggestion()
    {
        if (suggested is not { } shown)
            return;
        using var dialog = new EditSuggestionDialog(shown, MayBeSent, (text, cancellationToken) => server.Sessions.RunSuggestionAsync(session.Id, shown.Id, text, cancellationToken));
        App!.Run(dialog);
    }

    private void DismissSuggestion()
    {
        if (suggested is { } shown)
            _ = session.DismissSuggestionAsync(shown.Id);
    }

    private void ShowQueue()
    {
        using var dialog = new QueueDialog(session);
        App!.Run(dialog);
    }

    private void CopyOrBreak()
    {
        if (!transcript.Selection.IsEmpty)
        {
            Copy(transcript.Selection.Text(out var isCut), isCut);
            transcript.Selection.Clear();
            transcript.Show();
        }
        else if (commandLine.SelectedLength > 0)
        {
            Copy(commandLine.SelectedText ?? "", isCut: false);
        }
        else
        {
            AskForBreak();
        }
    }

    private void CopyBlock()
    {
        var from = transcript.Screen.Current ?? session.Transcript.BlockBefore(session.Transcript.Count);
        if (from is null)
        {
            Say("No command has run yet.");
            return;
        }
        var block = session.Transcript.BlockAt(from.Line) ?? from;
        var selection = new TextSelection(session.Transcript);
        selection.SelectLines(block.Line, block.End ?? session.Transcript.Count);
        Copy(selection.Text(out var isCut), isCut);
    }

    private void Copy(string text, bool isCut)
    {
        TerminalClipboard.Copy(App!, text);
        var lines = text.TrimEnd('\n').Count(c => c == '\n') + 1;
        Say($"Copied {lines:N0} {(lines == 1 ? "line" : "lines")}{(isCut ? $": the first {TextSelection.CharactersLimit:N0} characters; a log file (Ctrl+L) has no limit" : "")}.");
    }

    private void AskForBreak()
    {
        if (!session.Now.MayBreak)
            return;
        if (!hasAskedForBreak && MessageBox.Query(App!, "Break?", "Break into the target? It stops until it is let run again. You are asked once in this window.", "_Break", "_Cancel") != 0)
            return;
        hasAskedForBreak = true;
        Break();
    }

    private void Break() => _ = session.BreakAsync();

    private void PressKey(char letter)
    {
        if (letter == 'b' && session.Now.ThroughServer && MessageBox.Query(App!, "Leave the debugger?", "Ctrl+B makes this debugger leave its KD server, which goes on; the session ends here for everybody.", "_Press It", "_Cancel") != 0)
            return;
        _ = session.PressKeyAsync(letter);
    }

    private void AddNote()
    {
        using var dialog = new NoteDialog((text, cancellationToken) => server.Sessions.AddNoteAsync(session.Id, text, cancellationToken));
        App!.Run(dialog);
    }

    private void Invite()
    {
        using var dialog = new InviteClientDialog(server.Sessions, session.Id);
        App!.Run(dialog);
    }

    private void ShowPeople()
    {
        using var dialog = new PeopleDialog(server.Sessions, session.Id);
        App!.Run(dialog);
    }

    private void Close() => CloseQuestion.Ask(App!, server.Sessions, session.Id);

    private void Terminate() => TerminateDialog.Ask(App!, server.Sessions, session.Id);

    private void Export()
    {
        using var dialog = new ExportDialog(server.Sessions, session.Id, session.Now.Name);
        App!.Run(dialog);
        if (dialog.Written is { } file)
            Say($"Written: {file}");
    }

    private void OpenFind()
    {
        find.Open();
        Arrange();
    }

    private void ToggleLog()
    {
        if (session.Log is { } log)
        {
            session.CloseLog();
            Say($"The log file is closed: {log.Path}, {log.Bytes:N0} bytes.");
            return;
        }
        var name = new string([.. session.Now.Name.Select(c => char.IsLetterOrDigit(c) ? c : '-').Take(LogNameCharacters)]).Trim('-');
        using var dialog = new LogFileDialog(Path.Combine(Environment.CurrentDirectory, (name.Length == 0 ? "session" : name) + ".log"), session.OpenLog);
        App!.Run(dialog);
    }

    private void ToggleFold()
    {
        var screen = transcript.Screen;
        if ((screen.Current ?? session.Transcript.BlockBefore(session.Transcript.Count)) is { } block)
            Scroll(() => screen.ToggleFold(block));
    }

    private void MarkLines(int rows)
    {
        var selection = transcript.Selection;
        selection.ExtendLines(rows, transcript.Screen.VisibleRows() is [.., var last] ? last.Index : 0);
        if (selection.CaretLine < transcript.Screen.TopLine || rows > 0)
            transcript.Screen.ScrollBy(rows);
        transcript.Show();
    }

    private void ToggleTimes() => transcript.ShowsTimes = !transcript.ShowsTimes;

    private void ScrollBy(int rows) => Scroll(() => transcript.Screen.ScrollBy(rows));

    private void Scroll(Action scroll)
    {
        scroll();
        transcript.Show();
    }

    private void GoTo(int number)
    {
        if (desk?.SessionAt(number) is not { } other)
            Say($"There is no window {number}: Alt+0 shows your sessions, Enter opens one.");
        else if (other != session.Id)
        {
            NextNumber = number;
            Go(WindowExit.GoToWindow);
        }
    }

    private void Leave()
    {
        var now = session.Now;
        if (!now.IsHost || now.State is not SessionState.Active || now.EndedBecause is not null)
        {
            Go(WindowExit.Leave);
            return;
        }
        switch (LeaveQuestions.Window(App!, now.Name, desk?.Sessions.Any(other => other.Id == session.Id && other.TargetIsStopped is true) is true))
        {
            case LeaveAnswer.OnlyTheWindow:
                Go(WindowExit.Leave);
                break;
            case LeaveAnswer.CloseSession:
                Close();
                break;
        }
    }

    private void Quit()
    {
        if (LeaveQuestions.MayQuit(App!, desk?.Sessions ?? []))
            Go(WindowExit.Quit);
    }

    private void Go(WindowExit exit)
    {
        Exit = exit;
        App?.RequestStop(this);
    }
}
