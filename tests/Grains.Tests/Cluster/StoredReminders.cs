using OrleansKd.Contracts;

namespace OrleansKd.Grains.Tests.Cluster;

/// <summary>All reminders in this process's memory, with ETags as a table has them. They outlive silos; a test can see them, and stall or fail their removal.</summary>
public sealed class StoredReminders : IReminderTable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> rows = [];
    private int version;

    /// <summary>Awaited before a reminder is removed; throwing means that it never is.</summary>
    public Func<GrainId, string, Task>? BeforeRemove { get; set; }

    /// <summary>Awaited when a reminder is removed and whoever asked for it does not know yet.</summary>
    public Func<GrainId, string, Task>? AfterRemove { get; set; }

    /// <summary>Names of a session's reminders.</summary>
    public string[] Of(SessionId session)
    {
        lock (gate)
            return [.. rows.Keys.Where(row => row.Grain.Key.ToString() == session.ToString()).Select(row => row.Name).Order()];
    }

    /// <summary>When it comes first, and how often then.</summary>
    public (DateTime At, TimeSpan Period) TimesOf(SessionId session, string name)
    {
        lock (gate)
            return rows.Single(row => row.Key.Grain.Key.ToString() == session.ToString() && row.Key.Name == name).Value is var found ? (found.StartAt, found.Period) : default;
    }

    /// <summary>As if they had never been registered.</summary>
    public void Lose(SessionId session)
    {
        lock (gate)
        {
            foreach (var row in rows.Keys.Where(row => row.Grain.Key.ToString() == session.ToString()).ToArray())
                rows.Remove(row);
        }
    }

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read(entry => entry.GrainId == grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(entry => entry.GrainId.GetUniformHashCode() is var hash
        && (begin < end ? hash > begin && hash <= end : hash > begin || hash <= end));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        lock (gate)
            return Task.FromResult(rows.GetValueOrDefault((grainId, reminderName)) is { } found ? Copy(found) : null);
    }

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        lock (gate)
        {
            var stored = Copy(entry);
            stored.ETag = $"{++version}";
            rows[(entry.GrainId, entry.ReminderName)] = stored;
            return Task.FromResult<string?>(stored.ETag);
        }
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (BeforeRemove is { } before)
            await before(grainId, reminderName);
        lock (gate)
        {
            if (!rows.TryGetValue((grainId, reminderName), out var found) || found.ETag != eTag)
                return false;
            rows.Remove((grainId, reminderName));
        }
        if (AfterRemove is { } after)
            await after(grainId, reminderName);
        return true;
    }

    public Task TestOnlyClearTable() => throw new NotSupportedException("A cluster has a table of its own.");

    private Task<ReminderTableData> Read(Func<ReminderEntry, bool> which)
    {
        lock (gate)
            return Task.FromResult(new ReminderTableData(rows.Values.Where(which).Select(Copy).ToList()));
    }

    private static ReminderEntry Copy(ReminderEntry entry) => new()
    {
        GrainId = entry.GrainId,
        ReminderName = entry.ReminderName,
        StartAt = entry.StartAt,
        Period = entry.Period,
        ETag = entry.ETag,
    };
}
