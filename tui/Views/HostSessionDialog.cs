using System.Collections.ObjectModel;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Hosting;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Host Session (rule B1): computer, debugger, arguments, name, description; a direct session must be confirmed.</summary>
internal sealed class HostSessionDialog : FormDialog
{
    private readonly SessionsClient sessions;
    private readonly ILocalAgent agent;
    private readonly ComputerSummary here;
    private readonly ComputerSummary[] computers;
    private readonly DropDownList computer = new();
    private readonly DropDownList debugger = new();
    private readonly TextField arguments = new();
    private readonly TextField name = new();
    private readonly TextField description = new();
    private readonly Label caution = new() { X = 1, Y = 6, Width = Dim.Fill(1), Height = 4, CanFocus = false, Text = DirectSession.Caution };
    private readonly CheckBox confirmed = new() { X = 1, Y = 10, Text = "I understand: host it _directly" };

    /// <param name="here">This computer, the default one.</param>
    /// <param name="computers">The user's computers.</param>
    public HostSessionDialog(SessionsClient sessions, ILocalAgent agent, ComputerSummary here, ComputerSummary[] computers)
        : base("Host Session", "_Host")
    {
        (this.sessions, this.agent, this.here) = (sessions, agent, here);
        this.computers = [computers.FirstOrDefault(item => item.IsOnline && IsHere(item.Name)) ?? here, .. computers.Where(item => item.IsOnline && !IsHere(item.Name))];
        Height = 21;
        computer.Source = new ListWrapper<string>(new ObservableCollection<string>(this.computers.Select(item => item.Name)));
        computer.Text = this.computers[0].Name;
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
            _ = Request.RunAsync(async cancellationToken =>
            {
                if (IsHere(request.Computer))
                    await agent.EnsureAsync(starting: null, cancellationToken);
                Session = await sessions.HostAsync(request, cancellationToken);
            });
        }
    }

    private bool IsHere(string name) => string.Equals(name, here.Name, StringComparison.OrdinalIgnoreCase);

    private void OfferDebuggers()
    {
        var found = computers.FirstOrDefault(item => item.Name == computer.Text)?.Debuggers ?? [];
        debugger.Source = new ListWrapper<string>(new ObservableCollection<string>(found));
        if (debugger.Text.Length == 0 || !found.Contains(debugger.Text))
            debugger.Text = found.FirstOrDefault() ?? "";
    }

    private void ShowCaution() => caution.Visible = confirmed.Visible = DirectSession.Is(debugger.Text, arguments.Text, out _);
}
