using System.Globalization;
using Azure.Data.Tables;
using OrleansKd.AzureTables.Providers;

namespace OrleansKd.AzureTables.Reminders;

/// <summary>
/// One reminder as a row: its partition is the grain's place on the ring of hashes, so that a silo's range of the ring is a range
/// of partitions. All properties are text.
/// </summary>
internal static class ReminderRow
{
    public static string PartitionKey(string serviceId, uint hash) => TableKey.Sanitize($"{serviceId}_{hash:X8}");

    public static string RowKey(GrainId grain, string reminder) => TableKey.Sanitize($"{grain}-{reminder}");

    public static TableEntity ToRow(string serviceId, string clusterId, ReminderEntry entry)
    {
        var hash = entry.GrainId.GetUniformHashCode();
        return new TableEntity(PartitionKey(serviceId, hash), RowKey(entry.GrainId, entry.ReminderName))
        {
            ["GrainReference"] = entry.GrainId.ToString(),
            ["ReminderName"] = entry.ReminderName,
            ["ServiceId"] = serviceId,
            ["DeploymentId"] = clusterId,
            ["StartAt"] = LogFormatter.PrintDate(entry.StartAt),
            ["Period"] = entry.Period.ToString("c", CultureInfo.InvariantCulture),
            ["GrainRefConsistentHash"] = hash.ToString("X8", CultureInfo.InvariantCulture),
        };
    }

    /// <exception cref="FormatException">The row is no reminder.</exception>
    public static ReminderEntry ToEntry(TableEntity row) => new()
    {
        GrainId = GrainId.Parse(Required(row, "GrainReference")),
        ReminderName = Required(row, "ReminderName"),
        StartAt = LogFormatter.ParseDate(Required(row, "StartAt")),
        Period = TimeSpan.Parse(Required(row, "Period"), CultureInfo.InvariantCulture),
        ETag = row.ETag.ToString(),
    };

    /// <summary>Keys of different services can fall into each other's ranges: the raw id decides.</summary>
    public static bool BelongsTo(TableEntity row, string serviceId) => row.GetString("ServiceId") == serviceId;

    private static string Required(TableEntity row, string name) =>
        row.GetString(name) ?? throw new FormatException($"Row '{row.RowKey}' of partition '{row.PartitionKey}' has no {name}.");
}
