using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>Columns of a list of sessions.</summary>
internal enum SessionColumn
{
    Name,
    State,
    Debugger,
    Host,
    Computer,
    Clients,
    Activity,
    Expires,
}

/// <summary>What the columns hold, and which of them fit.</summary>
internal static class SessionColumns
{
    /// <summary>Columns of a session's name below which another column gives way.</summary>
    private const int LeastName = 16;

    /// <summary>A person and their company, mostly.</summary>
    private const int MostHost = 32;

    /// <summary>For sessions of one's own, most important first after those that are always there.</summary>
    public static readonly IReadOnlyList<SessionColumn> OfHost =
        [SessionColumn.Name, SessionColumn.State, SessionColumn.Debugger, SessionColumn.Clients, SessionColumn.Activity, SessionColumn.Expires, SessionColumn.Computer, SessionColumn.Host];

    /// <summary>For sessions of others.</summary>
    public static readonly IReadOnlyList<SessionColumn> OfClient =
        [SessionColumn.Name, SessionColumn.State, SessionColumn.Debugger, SessionColumn.Host, SessionColumn.Activity, SessionColumn.Expires, SessionColumn.Clients, SessionColumn.Computer];

    /// <summary>Those that fit into so many columns of the terminal, with a blank between them, and how wide each is; the name takes what is left.</summary>
    public static IReadOnlyList<(SessionColumn Column, int Width)> Fit(IReadOnlyList<SessionColumn> columns, int width)
    {
        var left = width - LeastName - 1;
        List<(SessionColumn Column, int Width)> fitting = [];
        foreach (var column in columns.Where(column => column is not SessionColumn.Name))
        {
            if (left < WidthOf(column) + 1)
                break;
            left -= WidthOf(column) + 1;
            fitting.Add((column, WidthOf(column)));
        }
        var host = fitting.FindIndex(item => item.Column is SessionColumn.Host);
        if (host >= 0)
        {
            var more = Math.Min(left / 2, MostHost - WidthOf(SessionColumn.Host));
            fitting[host] = (SessionColumn.Host, fitting[host].Width + more);
            left -= more;
        }
        return [(SessionColumn.Name, LeastName + left), .. fitting];
    }

    /// <summary>Its cell; everything from elsewhere visible and on one line.</summary>
    public static string Cell(SessionColumn column, SessionSummary session, DateTimeOffset now) => column switch
    {
        SessionColumn.Name => VisibleText.Line(session.Name),
        SessionColumn.State => StateText.Of(session.State),
        SessionColumn.Debugger => Debugger(session),
        SessionColumn.Host => VisibleText.Line(EntryText.Person(session.Host)),
        SessionColumn.Computer => VisibleText.Line(session.Computer ?? ""),
        SessionColumn.Clients => session.Clients.ToString(CultureInfo.InvariantCulture),
        SessionColumn.Activity => AgeText.Of(Max(now - session.LastActivityAt, TimeSpan.Zero)),
        SessionColumn.Expires => session.VisibleUntil is { } until ? AgeText.Of(Max(until - now, TimeSpan.Zero)) : "",
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, null),
    };

    /// <summary>What the column is sorted by: ascending is from A to Z, from few to many, from now to long ago, from soon to never.</summary>
    public static IComparable Key(SessionColumn column, SessionSummary session, DateTimeOffset now) => column switch
    {
        SessionColumn.State => session.State,
        SessionColumn.Clients => session.Clients,
        SessionColumn.Activity => -session.LastActivityAt.UtcTicks,
        SessionColumn.Expires => (session.VisibleUntil ?? DateTimeOffset.MaxValue).UtcTicks,
        _ => Cell(column, session, now).ToUpperInvariant(),
    };

    /// <summary>One word; what the debugger did last says nothing about a session that is over.</summary>
    private static string Debugger(SessionSummary session) => session switch
    {
        { State: SessionState.Terminated } => "",
        { State: SessionState.Closed, TargetIsStopped: true } => "STOPPED",
        { Spool: SpoolState.Holding } => "HOLDING",
        _ => StateText.Of(session.Debugger),
    };

    private static int WidthOf(SessionColumn column) => column switch
    {
        SessionColumn.State => 10,
        SessionColumn.Debugger => 9,
        SessionColumn.Host => 20,
        SessionColumn.Computer => 12,
        SessionColumn.Clients => 8,
        SessionColumn.Activity => 9,
        SessionColumn.Expires => 8,
        _ => LeastName,
    };

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
