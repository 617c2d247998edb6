using OrleansKd.AzureTables.SessionLog;
using OrleansKd.Contracts;

namespace OrleansKd.AzureTables.Tests.SessionLog;

public sealed class DecodedRowsTests
{
    private readonly SessionId session = SessionId.New();
    private readonly Clock clock = new();

    [Fact]
    public void Keep_BeyondTheLimit_LetsTheLeastRecentlyUsedGo()
    {
        var rows = new DecodedRows(clock, maxBytes: 4_000);
        for (var row = 1; row <= 3; row++)
        {
            rows.Keep(session, new RowId(0, row), [Entries.Output(row, new byte[1_000])]);
        }

        Assert.NotNull(rows.Find(session, new RowId(0, 1)));
        rows.Keep(session, new RowId(0, 4), [Entries.Output(4, new byte[1_000])]);

        Assert.NotNull(rows.Find(session, new RowId(0, 1)));
        Assert.Null(rows.Find(session, new RowId(0, 2)));
        Assert.InRange(rows.Bytes, 3_000, 4_000);
        rows.Keep(session, new RowId(0, 5), [Entries.Output(5, new byte[5_000])]);
        Assert.Null(rows.Find(session, new RowId(0, 5)));
        Assert.NotNull(rows.Find(session, new RowId(0, 1)));
    }

    [Fact]
    public void Find_AfterHalfAMinuteOrForgetting_IsNull()
    {
        var rows = new DecodedRows(clock);
        rows.Keep(session, new RowId(0, 1), Entries.Numbered(1, 2));
        Assert.Null(rows.Find(session, new RowId(1, 1)));
        Assert.Null(rows.Find(SessionId.New(), new RowId(0, 1)));
        clock.Ticks = TimeSpan.FromSeconds(31).Ticks;
        Assert.Null(rows.Find(session, new RowId(0, 1)));

        rows.Keep(session, new RowId(0, 1), Entries.Numbered(1, 2));
        rows.Forget(session);

        Assert.Null(rows.Find(session, new RowId(0, 1)));
        Assert.Equal(0, rows.Bytes);
    }

    private sealed class Clock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
