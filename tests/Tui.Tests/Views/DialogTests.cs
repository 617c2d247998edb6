using OrleansKd.Contracts;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Input;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>The dialogs of the lists and of the Command window on a headless screen.</summary>
[Collection(nameof(ViewCollection))]
public sealed class DialogTests : IAsyncLifetime
{
    private static readonly SessionPerson Host = new("Ann Host", "Contoso", "ann@contoso.example", SessionRole.Host, true);
    private static readonly SessionPerson Bob = new("Bob Guest", "Fabrikam", "bob@fabrikam.example", SessionRole.Client, true, InvitationState.Accepted);
    private static readonly ComputerSummary Here = new(ScriptedAgent.Computer, true, ["/usr/bin/gdb"]);
    private ScriptedServer server = null!;
    private Connection.ServerConnection connection = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        connection = server.Connect();
        server.People = [Host, Bob];
        server.Details = server.DetailsOf(server.Summary());
    }

    public async ValueTask DisposeAsync()
    {
        connection.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task People_AsHost_GivesAndTakesRights()
    {
        using var dialog = new PeopleDialog(connection.Sessions, server.SessionId);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("Bob Guest (Fabrikam)");
        screen.Press(Key.I.WithAlt, Key.CursorDown, Key.I.WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal(new GrantRequest(OperatorRight.Inspect), server.Requests[0].Body);
        server.Details = server.Details! with { Operators = [new(ScriptedServer.Bob, OperatorRight.Inspect)] };
        await Done(screen);
        var warning = await screen.PressAndAnswer(Key.F.WithAlt, Key.G.WithAlt);
        Assert.Contains("can run programs as you", warning, StringComparison.Ordinal);
        await screen.WaitFor(() => server.Requests.Count == 2);
        Assert.Equal(new GrantRequest(OperatorRight.Full), server.Requests[1].Body);
        await screen.WaitFor("inspect");
        await Done(screen);
        screen.Press(Key.W.WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 3);
        Assert.Equal((Routes.Operator, Bob.Email), server.Requests[2]);
    }

    [Fact]
    public async Task People_WhenSomebodyIsKicked_SaysWhatThatMeansAndWhyNot()
    {
        using var dialog = new PeopleDialog(connection.Sessions, server.SessionId);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("Bob Guest (Fabrikam)");
        screen.Press(Key.CursorDown);
        server.Refusal = (403, ProblemCodes.HostOnly, "Only the host may revoke invitations.");
        Assert.Contains("They watch it now", await screen.PressAndAnswer(Key.Delete, Key.B.WithAlt), StringComparison.Ordinal);
        await screen.WaitFor("Only the host may revoke invitations.");
        server.Refusal = null;
        await screen.PressAndAnswer(Key.K.WithAlt, Key.B.WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal((Routes.Invitation, Bob.Email), server.Requests[0]);
    }

    [Fact]
    public async Task People_AsClient_OnlyShows()
    {
        server.Details = server.DetailsOf(server.Summary(isHost: false));
        using var dialog = new PeopleDialog(connection.Sessions, server.SessionId);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("Bob Guest (Fabrikam)");
        screen.Press(Key.CursorDown, Key.Delete, Key.K.WithAlt);
        Assert.DoesNotContain("Kick", screen.Text, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Invite_KnowsWhoIsInvited_AndRemovesWhoWasFound()
    {
        server.OnFind = email => new UserSummary("Carl", "Fabrikam", email);
        using var dialog = new InviteClientDialog(connection.Sessions, server.SessionId);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("Clients of the session: 1 of 10.");
        screen.Type("BOB@fabrikam.example").Press(Key.Enter);
        Assert.Contains("is invited already.", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.A.WithCtrl, Key.Backspace).Type("carl@x").Press(Key.Enter);
        await screen.WaitFor("Carl (Fabrikam) <carl@x>");
        screen.Type("dora@x").Press(Key.Enter);
        await screen.WaitFor("<dora@x>");
        screen.Press(Key.Tab, Key.Tab, Key.Home, Key.Delete);
        Assert.DoesNotContain("<carl@x>", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.I.WithAlt);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal(["dora@x"], Assert.IsType<InviteRequest>(Assert.Single(server.Requests).Body).Emails);
    }

    [Fact]
    public async Task Host_OfADirectKdSession_OffersSecureMode_AndReadsTheArguments()
    {
        var here = new ComputerSummary(ScriptedAgent.Computer, true, ["/opt/kd"]);
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, here, [here]);
        using var screen = new Screen(dialog, 80, 24);
        screen.Press(Key.Tab, Key.Tab).Type("-remote tcp:server=s");
        Assert.Contains("tcp: needs port=….", screen.Text, StringComparison.Ordinal);
        screen.Type(",port=1");
        Assert.Contains("Through the KD server tcp:server=s,port=1", screen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Secure mode", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.A.WithCtrl, Key.Backspace).Type("-k com:port=1").Press(Key.Tab).Type("N").Press(Key.M.WithAlt, Key.D.WithAlt, Key.R.WithAlt, Key.H.WithAlt);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal(
            new HostSessionRequest("kdbox", "/opt/kd", "-k com:port=1", "N", "", ClientsMayReopen: false, SecureMode: true),
            Assert.Single(server.Requests).Body);
        Assert.True(server.Agent.Announced!.IsSecure);
    }

    [Fact]
    public async Task Permissions_AsksForWhatIsMissing()
    {
        server.Permissions = new("Contoso", [Permission.Join], false);
        using var dialog = new PermissionsDialog(connection.Sessions);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("Host Sessions");
        Assert.DoesNotContain("Approve", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.A.WithAlt);
        await screen.WaitFor("Say what you ask for");
        screen.Press(Key.H.WithAlt, Key.Tab).Type("on call").Press(Key.A.WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 1);
        var asked = Assert.IsType<RequestPermissionsRequest>(server.Requests[0].Body);
        Assert.Equal([Permission.Host], asked.Permissions);
        Assert.Equal("on call", asked.Reason);
    }

    [Theory]
    [InlineData('p', Routes.ApprovePermissions)]
    [InlineData('d', Routes.DenyPermissions)]
    public async Task Permissions_AsAdministrator_DecidesWithAReason(char key, string route)
    {
        server.Organization = new("Contoso", [new(ScriptedServer.Bob, [Permission.Host], "on call", ScriptedTranscript.Start)], []);
        using var dialog = new PermissionsDialog(connection.Sessions);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("<bob@fabrikam.example>: on call");
        screen.Press(Key.R.WithAlt).Type("fine").Press(new Key(key).WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 1);
        var decided = Assert.IsType<DecidePermissionsRequest>(server.Requests[0].Body);
        Assert.Equal((route, "bob@fabrikam.example", "fine"), (server.Requests[0].Route, decided.Email, decided.Reason));
        server.Organization = new("Contoso", [], []);
    }

    [Fact]
    public async Task Permissions_AsAdministrator_ApprovesAPart()
    {
        server.Organization = new("Contoso", [new(ScriptedServer.Bob, [Permission.Host, Permission.Join], "on call", ScriptedTranscript.Start)], []);
        using var dialog = new PermissionsDialog(connection.Sessions);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("Join Sessions");
        screen.Press(Key.I.WithAlt, Key.N.WithAlt, Key.P.WithAlt);
        await screen.WaitFor("Say what you decide about");
        screen.Press(Key.N.WithAlt, Key.P.WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal([Permission.Join], Assert.IsType<DecidePermissionsRequest>(server.Requests[0].Body).Permissions);
    }

    [Fact]
    public async Task ReopenElsewhere_SendsThePlaceAndOnlyChangedArguments()
    {
        var session = ClosedOnLab7("/opt/old/kd", "-remote tcp:server=s,port=1,password=…");
        using var dialog = new ReopenDialog(connection, session, Here, [new("lab7", true, ["/opt/lab/kd"])]);
        using var screen = new Screen(dialog, 80, 24);
        Assert.Contains("ran on lab7", screen.Text, StringComparison.Ordinal);
        Assert.Contains("A password among them has to be given again", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Tab, Key.Tab, Key.Home).Type("0").Press(Key.Enter);
        await screen.WaitFor("is masked here. Type it in its place");
        Assert.Empty(server.Requests);
        screen.Press(Key.Backspace);
        screen.Press(Key.R.WithAlt);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal(new ReopenSessionRequest("lab7", "/opt/old/kd"), server.Requests[0].Body);
    }

    [Fact]
    public async Task ReopenElsewhere_EnterInTheListOnlyChooses_AndThenReopensThere()
    {
        var session = ClosedOnLab7("/usr/bin/gdb", "-ex \"target remote lab:1\"");
        using var dialog = new ReopenDialog(connection, session, Here, [Here, new("lab7", true, ["/usr/bin/gdb"])]);
        using var screen = new Screen(dialog, 80, 24);
        screen.Press(Key.F4, Key.CursorUp, Key.Enter);
        Assert.DoesNotContain("lab7  ", screen.Text, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        screen.Press(Key.Enter);
        await screen.WaitFor(() => server.Requests.Count == 1);
        Assert.Equal(ScriptedAgent.Computer, Assert.IsType<ReopenSessionRequest>(server.Requests[0].Body).Computer);
    }

    [Fact]
    public async Task Computers_ShowsThisOneFirst_AndHowToStartTheAgentOfAnother()
    {
        server.Computers = [new("lab7", false, ["C:\\Debuggers\\kd.exe"])];
        using var dialog = new ComputersDialog(connection.Sessions, server.Agent);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("kdbox (this one)");
        screen.Press(Key.CursorDown);
        Assert.Contains("C:\\Debuggers\\kd.exe", screen.Text, StringComparison.Ordinal);
        Assert.Contains("orleanskd agent run", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WritesTheFile_AndReplacesOneOnlyWhenTold()
    {
        var folder = Directory.CreateTempSubdirectory("export");
        try
        {
            server.Transcript.Add(TranscriptEntryKind.SessionCreated, entry => entry with { Author = ScriptedServer.Ann, Text = "Crash" });
            server.Transcript.AddOutput("(gdb) \u001b[2J");
            server.Details = server.DetailsOf(server.Summary());
            using var dialog = new ExportDialog(connection.Sessions, server.SessionId, "Crash ../in ntfs");
            using var screen = new Screen(dialog, 80, 24);
            Assert.Contains("crash-in-ntfs.txt", screen.Text, StringComparison.Ordinal);
            screen.Press(Key.A.WithAlt);
            Assert.Contains("crash-in-ntfs.cast", screen.Text, StringComparison.Ordinal);
            var path = Path.Combine(folder.FullName, "x.cast");
            await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);
            screen.Press(Key.Tab, Key.A.WithCtrl, Key.Backspace).Type(path).Press(Key.Enter);
            Assert.Contains("is there already", screen.Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
            screen.Press(Key.P.WithAlt, Key.E.WithAlt);
            await screen.WaitFor(() => dialog.IsDone);
            var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
            Assert.StartsWith("{\"version\":2,", lines[0], StringComparison.Ordinal);
            Assert.All(lines[1..], line => Assert.Matches("""^\[[0-9.]+,"o",".*"\]$""", line));
            Assert.DoesNotContain("\\u001b", string.Concat(lines), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(path, dialog.Written);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private SessionDetails ClosedOnLab7(string debugger, string arguments) => server.DetailsOf(server.Summary() with { State = SessionState.Closed }) with
    {
        ThroughServer = true,
        Computer = "lab7",
        DebuggerLocation = debugger,
        Arguments = arguments,
    };

    [Fact]
    public async Task Host_WhenRefused_KeepsWhatWasTyped()
    {
        using var connection = server.Connect();
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, Here, [Here]);
        using var screen = new Screen(dialog);
        Assert.Contains("/usr/bin/gdb", screen.Text, StringComparison.Ordinal);
        Assert.Contains("connected to its target directly", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Tab, Key.Tab).Type("-q ./target").Press(Key.Tab).Type("My crash").Press(Key.Enter);
        await screen.WaitFor("Read the caution above and confirm it");
        Assert.Empty(server.Requests);
        server.Refusal = (422, ProblemCodes.DebuggerNotStarted, "gdb printed: no such file ./target");
        screen.Press(Key.Tab, Key.Tab, Key.Space, Key.Tab.WithShift, Key.Enter);
        await screen.WaitFor("gdb printed: no such file ./target");
        Assert.Contains("My crash", screen.Text, StringComparison.Ordinal);
        server.Refusal = null;
        screen.Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal(new HostSessionRequest("kdbox", "/usr/bin/gdb", "-q ./target", "My crash", ""), Assert.Single(server.Requests).Body);
        Assert.Equal("My crash", dialog.Session!.Name);
    }

    [Theory]
    [InlineData(100, 30)]
    [InlineData(40, 12)]
    public async Task Host_WhenTheDebuggerPrintedMuchAndEnded_ShowsItsLastWords(int columns, int rows)
    {
        using var connection = server.Connect();
        var printed = string.Concat(Enumerable.Range(0, 60).Select(line => $"line {line}\n"));
        server.Refusal = (422, ProblemCodes.DebuggerNotStarted, $"/usr/bin/gdb ended. It printed:\n{printed}no such file");
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, Here, [Here]);
        using var screen = new Screen(dialog, columns, rows);
        screen.Press(Key.Tab, Key.Tab).Type("-q ./target").Press(Key.Tab).Type("My crash");
        screen.Press(Key.Tab, Key.Tab, Key.Space, Key.Tab.WithShift);
        var told = await screen.PressAndAnswer(Key.Enter);
        Assert.Contains("/usr/bin/gdb ended. It printed:", told, StringComparison.Ordinal);
        Assert.True(told.Contains("no such file", StringComparison.Ordinal), told);
        // As it was printed: one below the other.
        int Column(string text) => told.Split('\n').Single(row => row.Contains(text, StringComparison.Ordinal)).IndexOf(text, StringComparison.Ordinal);
        Assert.Equal(Column("line 59"), Column("line 58"));
    }

    [Fact]
    public async Task Host_WhenNoAgentRunsHere_StartsOneAndHosts()
    {
        server.Agent.IsRunning = false;
        (server.Agent.Problem, var offline) = ("The agent ended while it started.", Here with { IsOnline = false, Debuggers = ["/opt/kd"] });
        using var connection = server.Connect();
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, offline, [offline, new("other", true, ["/opt/gdb"])]);
        using var screen = new Screen(dialog);
        Assert.Contains("kdbox", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Tab, Key.Tab).Type("-remote tcp:server=s,port=1").Press(Key.Tab).Type("N").Press(Key.Enter);
        await screen.WaitFor("The agent ended while it started.");
        Assert.Empty(server.Requests);
        server.Agent.Problem = null;
        screen.Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.True(server.Agent.IsRunning);
        Assert.Equal("kdbox", Assert.IsType<HostSessionRequest>(Assert.Single(server.Requests).Body).Computer);
    }

    [Fact]
    public async Task Host_ThroughAServer_HasNoCaution()
    {
        using var connection = server.Connect();
        var here = Here with { Debuggers = ["/opt/kd"] };
        using var dialog = new HostSessionDialog(connection.Sessions, server.Agent, here, [here]);
        using var screen = new Screen(dialog);
        screen.Press(Key.Tab, Key.Tab).Type("–remote tcp:server=s,port=1").Press(Key.Tab).Type("N").Press(Key.Enter);
        Assert.DoesNotContain("connected to its target directly", screen.Text, StringComparison.Ordinal);
        await screen.WaitFor(() => dialog.IsDone);
    }

    [Fact]
    public async Task Invite_FindsThenInvitesAllAtOnce()
    {
        server.People = [Host];
        server.OnFind = email => email == "bob@fabrikam.example" ? ScriptedServer.Bob : null;
        using var connection = server.Connect();
        using var dialog = new InviteClientDialog(connection.Sessions, server.SessionId);
        using var screen = new Screen(dialog);
        screen.Type("eve@x").Press(Key.Enter);
        await screen.WaitFor("Nobody with the address eve@x can be invited.");
        screen.Press(Key.Backspace, Key.Backspace, Key.Backspace, Key.Backspace, Key.Backspace).Type("bob@fabrikam.example").Press(Key.Enter);
        await screen.WaitFor("Bob Guest (Fabrikam) <bob@fabrikam.example>");
        screen.Press(Key.Enter);
        await screen.WaitFor(() => dialog.IsDone);
        Assert.Equal(["bob@fabrikam.example"], Assert.IsType<InviteRequest>(Assert.Single(server.Requests).Body).Emails);
    }

    [Fact]
    public async Task Terminate_SaysThatTheTargetIsStopped_AndEnterAloneDoesNothing()
    {
        TargetFate? chosen = null;
        using var dialog = new TerminateDialog("Crash", throughServer: false, isStopped: true, (fate, _) =>
        {
            chosen = fate;
            return Task.CompletedTask;
        });
        using var screen = new Screen(dialog);
        Assert.Contains("THE TARGET IS STOPPED", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Enter);
        Assert.Null(chosen);
        screen.Press(Key.T.WithAlt);
        await screen.WaitFor(() => chosen == TargetFate.LetRun);
    }

    /// <summary>Until it is, the buttons of the dialog do nothing.</summary>
    private static Task Done(Screen screen) => screen.WaitFor(() => !screen.Text.Contains("Working…", StringComparison.Ordinal));
}
