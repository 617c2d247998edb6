using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Tests.Model;

public sealed class SessionListViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionSummary[] Sessions =
    [
        Session("Boot hang", SessionState.Active, "Bob", clients: 3, minutesAgo: 5) with { Computer = "lab7" },
        Session("Alarm", SessionState.Closed, "Carl", clients: 1, minutesAgo: 1) with { TargetIsStopped = true },
        Session("crash", SessionState.Terminated, "Ann", clients: 10, minutesAgo: 9) with { VisibleUntil = Now.AddDays(2), Description = "third packet" },
    ];

    [Theory]
    [InlineData(null, false, "Boot hang, Alarm, crash")]
    [InlineData(null, true, "crash, Alarm, Boot hang")]
    [InlineData(SessionColumn.Name, false, "Alarm, Boot hang, crash")]
    [InlineData(SessionColumn.Name, true, "crash, Boot hang, Alarm")]
    [InlineData(SessionColumn.Host, false, "crash, Boot hang, Alarm")]
    [InlineData(SessionColumn.Clients, false, "Alarm, Boot hang, crash")]
    [InlineData(SessionColumn.Activity, false, "Alarm, Boot hang, crash")]
    [InlineData(SessionColumn.Expires, false, "crash, Boot hang, Alarm")]
    internal void Of_SortsByTheColumn(SessionColumn? column, bool isDescending, string expected) =>
        Assert.Equal(expected, Names(new SessionListView(column, isDescending)));

    [Theory]
    [InlineData("", "Boot hang, Alarm, crash")]
    [InlineData("  A  ", "Boot hang, Alarm, crash")]
    [InlineData("CRASH", "crash")]
    [InlineData("packet third", "crash")]
    [InlineData("lab7", "Boot hang")]
    [InlineData("closed", "Alarm")]
    [InlineData("stopped", "Alarm")]
    [InlineData("bob@x boot", "Boot hang")]
    [InlineData("boot crash", "")]
    public void Of_ShowsWhatHasAllTheWords(string filter, string expected) => Assert.Equal(expected, Names(new SessionListView(Filter: filter)));

    [Fact]
    public void NextSort_GoesThroughTheColumnsAndBackToTheListsOrder()
    {
        SessionColumn[] columns = [SessionColumn.Name, SessionColumn.State];
        var view = new SessionListView(Filter: "x").NextSort(columns);
        Assert.Equal("Name▲ State", Headers(view, columns));
        Assert.Equal("Name▼ State", Headers(view.Reverse(), columns));
        view = view.Reverse().NextSort(columns);
        Assert.Equal("Name State▲", Headers(view, columns));
        Assert.Equal(new SessionListView(Filter: "x"), view.NextSort(columns));
    }

    [Fact]
    public void SortBy_TheSameColumnAgain_TurnsItRound()
    {
        var view = new SessionListView().SortBy(SessionColumn.Clients);
        Assert.False(view.IsDescending);
        Assert.True(view.SortBy(SessionColumn.Clients).IsDescending);
        Assert.False(view.SortBy(SessionColumn.Clients).SortBy(SessionColumn.Name).IsDescending);
    }

    [Theory]
    [InlineData(78)]
    [InlineData(112)]
    [InlineData(158)]
    [InlineData(30)]
    public void Fit_FillsTheWidthExactly_AndKeepsTheNameReadable(int width)
    {
        foreach (var columns in (IReadOnlyList<SessionColumn>[])[SessionColumns.OfHost, SessionColumns.OfClient])
        {
            var fitting = SessionColumns.Fit(columns, width);
            Assert.Equal(width, fitting.Sum(item => item.Width + 1));
            Assert.True(fitting[0] is { Column: SessionColumn.Name, Width: >= 16 });
        }
    }

    [Fact]
    public void Fit_At80Columns_HasWhatMattersForBothLists()
    {
        Assert.Contains(SessionColumn.Expires, SessionColumns.Fit(SessionColumns.OfClient, 78).Select(item => item.Column));
        Assert.Contains(SessionColumn.Host, SessionColumns.Fit(SessionColumns.OfClient, 78).Select(item => item.Column));
        Assert.Contains(SessionColumn.Clients, SessionColumns.Fit(SessionColumns.OfHost, 78).Select(item => item.Column));
    }

    [Theory]
    [InlineData(SessionColumn.Expires, "2 d")]
    [InlineData(SessionColumn.Activity, "9 min")]
    [InlineData(SessionColumn.Debugger, "")]
    internal void Cell_OfATerminatedSession_TellsWhenItGoes(SessionColumn column, string expected) => Assert.Equal(expected, SessionColumns.Cell(column, Sessions[2], Now));

    [Fact]
    public void Cell_WhenTheTargetOfAClosedSessionIsStopped_SaysSo() => Assert.Equal("STOPPED", SessionColumns.Cell(SessionColumn.Debugger, Sessions[1], Now));

    [Fact]
    public void DetailsText_OfATerminatedSession_SaysUntilWhenAClientReadsIt()
    {
        var lines = SessionDetailsText.Of(Sessions[2], null, Now).ToDictionary(line => line.Label, line => line.Text);
        Assert.EndsWith("2 d more", lines["State"], StringComparison.Ordinal);
        Assert.Equal("third packet", lines["About"]);
        Assert.Equal("Closed, can be re-opened (F7)", SessionDetailsText.State(Sessions[1], Now));
    }

    private static string Names(SessionListView view) => string.Join(", ", view.Of(Sessions, Now).Select(session => session.Name));

    private static string Headers(SessionListView view, SessionColumn[] columns) => string.Join(' ', columns.Select(view.Header));

    private static SessionSummary Session(string name, SessionState state, string host, int clients, int minutesAgo) => new(
        name, name, "", state, DebuggerState.Ready, new(host, "Contoso", $"{host.ToLowerInvariant()}@x"), true, clients, Now, Now.AddMinutes(-minutesAgo), null, null);
}
