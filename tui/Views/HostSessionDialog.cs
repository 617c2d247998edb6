using System.Collections.ObjectModel;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Host Session (rule B1): computer, debugger, arguments, name, description; a direct session must be confirmed.</summary>
internal sealed class HostSessionDialog : FormDialog
{
    private readonly SessionsClient sessions;
    private readonly ComputerSummary[] computers;
    private readonly DropDownList computer = new();
    private readonly DropDownList debugger = new();
    private readonly TextField arguments = new();
    private readonly TextField name = new();
    private readonly TextField description = new();
    private readonly Label caution = new() { X = 1, Y = 6, Width = Dim.Fill(1), Height = 4, CanFocus = false, Text = DirectSession.Caution };
    private readonly CheckBox confirmed = new() { X = 1, Y = 10, Text = "I understand: host it _directly" };

    public HostSessionDialog(SessionsClient sessions, ComputerSummary[] computers, string machineName)
        : base("Host Session", "_Host")
    {
        this.sessions = sessions;
        this.computers = [.. computers.Where(item => item.IsOnline)];
        Height = 21;
        computer.Source = new ListWrapper<string>(new ObservableCollection<string>(this.computers.Select(item => item.Name)));
        computer.Text = AccountCommands.DefaultComputer(computers, machineName)?.Name ?? "";
        computer.ValueChanged += (_, _) => OfferDebuggers();
        debugger.ValueChanged += (_, _) => ShowCaution();
        arguments.TextChanged += (_, _) => ShowCaution();
        AddField(0, "Computer:", computer);
        AddField(1, "Debugger location:", debugger);
        AddField(2, "Arguments:", arguments);
        AddField(3, "Session name:", name);
        AddField(4, "Description:", description);
        Add(caution, confirmed);
        OfferDebuggers();
        ShowCaution();
        if (this.computers.Length == 0)
            Request.Refuse("None of your computers has an agent that is online. Start the agent where the debugger is, then try again.");
    }

    /// <summary>The session, once it is hosted.</summary>
    public SessionSummary? Session { get; private set; }

    protected override void Submit()
    {
        if (name.Text.Trim().Length == 0)
            Request.Refuse("Give the session a name: others find it by that.");
        else if (debugger.Text.Trim().Length == 0)
            Request.Refuse("Name the debugger: its full path on that computer.");
        else if (DirectSession.Is(debugger.Text, arguments.Text, out var malformed) is var isDirect && malformed is not null)
            Request.Refuse(malformed);
        else if (isDirect && confirmed.Value != CheckState.Checked)
            Request.Refuse("This is a direct session. Read the caution above and confirm it, or connect through a server (kd: -remote; gdb: target remote).");
        else
        {
            var request = new HostSessionRequest(computer.Text.Trim(), debugger.Text.Trim(), arguments.Text, name.Text.Trim(), description.Text);
            _ = Request.RunAsync(async cancellationToken => Session = await sessions.HostAsync(request, cancellationToken));
        }
    }

    private void OfferDebuggers()
    {
        var found = computers.FirstOrDefault(item => item.Name == computer.Text)?.Debuggers ?? [];
        debugger.Source = new ListWrapper<string>(new ObservableCollection<string>(found));
        if (debugger.Text.Length == 0 || !found.Contains(debugger.Text))
            debugger.Text = found.FirstOrDefault() ?? "";
    }

    private void ShowCaution() => caution.Visible = confirmed.Visible = DirectSession.Is(debugger.Text, arguments.Text, out _);
}
