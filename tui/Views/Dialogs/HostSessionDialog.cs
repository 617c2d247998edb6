using OrleansKd.Agent.Api;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Hosting;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>
/// Host Session (rule B1): computer, debugger, arguments with what they mean, name, description; a direct session must be confirmed, and may be
/// hosted in KD's secure mode.
/// </summary>
internal sealed class HostSessionDialog : FormDialog
{
    private readonly SessionsClient sessions;
    private readonly ILocalAgent agent;
    private readonly ComputerSummary here;
    private readonly DebuggerFields place;
    private readonly TextField arguments = new();
    private readonly Label reading = new() { X = 1, Y = 3, Width = Dim.Fill(1), Height = 2, CanFocus = false };
    private readonly TextField name = new();
    private readonly TextField description = new();
    private readonly CheckBox secure = new() { X = 1, Y = 7, Text = DirectSession.SecureMode };
    private readonly Label caution = new() { X = 1, Y = 8, Width = Dim.Fill(1), Height = 4, CanFocus = false, Text = DirectSession.Caution };
    private readonly CheckBox confirmed = new() { X = 1, Y = 12, Text = "I understand: host it _directly" };
    private readonly CheckBox clientsMayReopen = new() { X = 1, Y = 13, Text = "Clients may _re-open it when it is closed", Value = CheckState.Checked };
    private DebuggerConnection connection = DebuggerConnection.Of("", "");

    /// <param name="here">This computer, the default one.</param>
    /// <param name="computers">The user's computers.</param>
    public HostSessionDialog(SessionsClient sessions, ILocalAgent agent, ComputerSummary here, ComputerSummary[] computers)
        : base("Host Session", "_Host")
    {
        (this.sessions, this.agent, this.here) = (sessions, agent, here);
        place = new DebuggerFields(here, computers, row: 1);
        Height = 23;
        place.Debugger.TextChanged += (_, _) => Read();
        arguments.TextChanged += (_, _) => Read();
        AddField(0, "Computer:", place.Computer);
        AddField(1, "Debugger location:", place.Debugger);
        place.Arrange();
        AddField(2, "Arguments:", arguments);
        AddField(5, "Session name:", name);
        AddField(6, "Description:", description);
        Add(place.Browse, reading, secure, caution, confirmed, clientsMayReopen);
        Read();
    }

    /// <summary>The session, once it is hosted.</summary>
    public SessionSummary? Session { get; private set; }

    private bool IsDirect => connection is { Problem: null, IsThroughServer: false };

    protected override void Submit()
    {
        if (place.Debugger.Text.Trim().Length == 0)
            Refuse(place.Debugger, "Name the debugger: its full path on that computer.");
        else if (connection.Problem is { } malformed)
            Refuse(arguments, malformed);
        else if (SessionNames.ProblemOfName(name.Text.Trim()) is { } nameProblem)
            Refuse(name, nameProblem);
        else if (SessionNames.ProblemOfDescription(description.Text) is { } descriptionProblem)
            Refuse(description, descriptionProblem);
        else if (IsDirect && confirmed.Value != CheckState.Checked)
            Request.Refuse("This is a direct session. Read the caution above and confirm it, or connect through a server (kd: -remote; gdb: target remote).");
        else
        {
            var request = new HostSessionRequest(
                place.Computer.Text.Trim(), place.Debugger.Text.Trim(), arguments.Text, name.Text.Trim(), description.Text,
                ClientsMayReopen: clientsMayReopen.Value == CheckState.Checked ? null : false,
                SecureMode: connection.HasSecureMode && secure.Value == CheckState.Checked ? true : null);
            _ = Request.RunAsync(cancellationToken => HostAsync(request, cancellationToken));
        }
    }

    private async Task HostAsync(HostSessionRequest request, CancellationToken cancellationToken)
    {
        if (place.IsHere(request.Computer))
            await agent.EnsureAsync(LocalStart.OfNew(request.Debugger, request.Arguments, request.SecureMode is true), () => Request.Tell($"Starting the agent on {here.Name}…"), cancellationToken);
        Request.Tell($"Starting the debugger on {request.Computer}…");
        Session = await sessions.HostAsync(request, cancellationToken);
    }

    private void Read()
    {
        connection = DebuggerConnection.Of(place.Debugger.Text, arguments.Text);
        reading.SchemeName = connection.Problem is null ? "Dialog" : "Error";
        reading.Text = VisibleText.Line(DirectSession.Reading(connection));
        caution.Visible = confirmed.Visible = IsDirect;
        secure.Visible = connection.HasSecureMode;
    }
}
