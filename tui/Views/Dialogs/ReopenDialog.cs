using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.App;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Re-open Elsewhere (rule F3): the host starts the debugger of a closed session on another computer, or in another way.</summary>
internal sealed class ReopenDialog : FormDialog
{
    private readonly ServerConnection server;
    private readonly SessionDetails session;
    private readonly DebuggerFields place;
    private readonly TextField arguments = new();
    private readonly Label reading = new() { X = 1, Y = 6, Width = Dim.Fill(1), Height = 2, CanFocus = false };

    public ReopenDialog(ServerConnection server, SessionDetails session, ComputerSummary here, ComputerSummary[] computers)
        : base("Re-open Elsewhere", "_Re-open")
    {
        (this.server, this.session) = (server, session);
        place = new DebuggerFields(here, computers, row: 4, session.Computer);
        Height = 17;
        Add(new Label
        {
            X = 1,
            Width = Dim.Fill(1),
            Height = 2,
            CanFocus = false,
            Text = VisibleText.From($"“{session.Summary.Name}” ran on {session.Computer}:\n{session.DebuggerLocation}"),
        });
        place.Debugger.Text = session.DebuggerLocation;
        arguments.Text = session.Arguments;
        arguments.TextChanged += (_, _) => Read();
        place.Debugger.TextChanged += (_, _) => Read();
        AddField(3, "Computer:", place.Computer);
        AddField(4, "Debugger location:", place.Debugger);
        place.Arrange();
        AddField(5, "Arguments:", arguments);
        Add(place.Browse, reading);
        Read();
    }

    /// <summary>Asks for the session as it is now, and for the user's computers; says so when this way is not open to the session.</summary>
    public static void Ask(IApplication app, ServerConnection server, string sessionId, string name) => DetailsRequest.Ask(
        app,
        name,
        async cancellationToken => (
            Session: await server.Sessions.GetSessionAsync(sessionId, cancellationToken),
            Here: await server.LocalAgent.DescribeAsync(cancellationToken),
            Computers: await server.Sessions.GetComputersAsync(cancellationToken)),
        found =>
        {
            if (!found.Session.ThroughServer)
            {
                ProblemBox.Show(app, name, $"This is a direct session: its debugger stays on {found.Session.Computer}, with the target. {SessionActions.KeyOf(SessionAction.Reopen)} re-opens it there.");
                return;
            }
            using var dialog = new ReopenDialog(server, found.Session, found.Here, found.Computers);
            app.Run(dialog);
        });

    protected override void Submit()
    {
        if (place.Debugger.Text.Trim().Length == 0)
            Refuse(place.Debugger, "Name the debugger: its full path on that computer.");
        else if (!IsAsBefore && SecretText.IsMasked(arguments.Text))
            Refuse(arguments, "The password or key is masked here. Type it in its place, or leave the arguments as they were.");
        else if (!IsAsBefore && Connection.Problem is { } malformed)
            Refuse(arguments, malformed);
        else
            _ = Request.RunAsync(cancellationToken => server.ReopenAsync(
                session.Summary.Id,
                // What is as it was is not sent: the recorded arguments may have a secret, which is masked here.
                new ReopenSessionRequest(
                    place.Computer.Text.Trim(), place.Debugger.Text.Trim(), IsAsBefore ? null : arguments.Text),
                here => Request.Tell($"Starting the agent on {here}…"),
                cancellationToken));
    }

    private bool IsAsBefore => arguments.Text == session.Arguments;

    private DebuggerConnection Connection => DebuggerConnection.Of(place.Debugger.Text, arguments.Text);

    private void Read()
    {
        reading.SchemeName = IsAsBefore || Connection.Problem is null ? "Dialog" : "Error";
        reading.Text = VisibleText.Line(IsAsBefore ? "As before. A password among them has to be given again on another computer." : DirectSession.Reading(Connection));
    }
}
