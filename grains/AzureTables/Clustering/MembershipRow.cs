using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using OrleansKd.AzureTables.Providers;

namespace OrleansKd.AzureTables.Clustering;

/// <summary>
/// One silo as a row of the membership table. All properties are text, as the official provider writes them; lists are joined
/// with <c>|</c>, times are <c>yyyy-MM-dd HH:mm:ss.fff GMT</c>.
/// </summary>
internal static class MembershipRow
{
    private const char Separator = '|';

    public static string RowKey(SiloAddress silo) =>
        TableKey.Sanitize($"{silo.Endpoint.Address}-{silo.Endpoint.Port}-{silo.Generation}");

    public static TableEntity ToRow(string clusterId, MembershipEntry entry)
    {
        var row = new TableEntity(clusterId, RowKey(entry.SiloAddress))
        {
            ["DeploymentId"] = clusterId,
            ["Address"] = entry.SiloAddress.Endpoint.Address.ToString(),
            ["Port"] = Text(entry.SiloAddress.Endpoint.Port),
            ["Generation"] = Text(entry.SiloAddress.Generation),
            ["HostName"] = entry.HostName,
            ["Status"] = entry.Status.ToString(),
            ["ProxyPort"] = Text(entry.ProxyPort),
            ["SiloName"] = entry.SiloName,
            ["InstanceName"] = entry.SiloName,
            ["UpdateZone"] = Text(entry.UpdateZone),
            ["FaultZone"] = Text(entry.FaultZone),
            ["SuspectingSilos"] = string.Join(Separator, Suspicions(entry).Select(s => s.Item1.ToParsableString())),
            ["SuspectingTimes"] = string.Join(Separator, Suspicions(entry).Select(s => LogFormatter.PrintDate(s.Item2))),
            ["StartTime"] = LogFormatter.PrintDate(entry.StartTime),
            ["IAmAliveTime"] = LogFormatter.PrintDate(entry.IAmAliveTime),
        };
        if (entry.RoleName is not null)
        {
            row["RoleName"] = entry.RoleName;
        }

        return row;
    }

    /// <summary>The one thing that a silo writes about itself while it lives.</summary>
    public static TableEntity ToAliveRow(string clusterId, MembershipEntry entry) => new(clusterId, RowKey(entry.SiloAddress))
    {
        ["DeploymentId"] = clusterId,
        ["IAmAliveTime"] = LogFormatter.PrintDate(entry.IAmAliveTime),
    };

    /// <exception cref="FormatException">The row says nothing that can be understood.</exception>
    public static MembershipEntry ToEntry(TableEntity row)
    {
        var silos = List(row, "SuspectingSilos").Select(SiloAddress.FromParsableString).ToList();
        var times = List(row, "SuspectingTimes").Select(LogFormatter.ParseDate).ToList();
        if (silos.Count != times.Count)
        {
            throw new FormatException($"Row '{row.RowKey}' names {silos.Count} suspecting silos and {times.Count} times.");
        }

        var entry = new MembershipEntry
        {
            SiloAddress = Address(row),
            HostName = row.GetString("HostName"),
            Status = Enum.Parse<SiloStatus>(Required(row, "Status")),
            ProxyPort = Number(row, "ProxyPort") ?? 0,
            RoleName = row.GetString("RoleName"),
            SiloName = row.GetString("SiloName") ?? row.GetString("InstanceName"),
            UpdateZone = Number(row, "UpdateZone") ?? 0,
            FaultZone = Number(row, "FaultZone") ?? 0,
            StartTime = Time(row, "StartTime"),
            IAmAliveTime = Time(row, "IAmAliveTime"),
        };
        foreach (var (silo, time) in silos.Zip(times))
        {
            entry.AddSuspector(silo, time);
        }

        return entry;
    }

    /// <summary>Where clients reach the silo of this row, or null when it has no gateway.</summary>
    public static Uri? ToGateway(TableEntity row)
    {
        var silo = Address(row);
        return Number(row, "ProxyPort") is { } port and not 0
            ? SiloAddress.New(silo.Endpoint.Address, port, silo.Generation).ToGatewayUri()
            : null;
    }

    private static SiloAddress Address(TableEntity row) => SiloAddress.New(
        IPAddress.Parse(Required(row, "Address")), Number(row, "Port") ?? 0, Number(row, "Generation") ?? 0);

    private static List<Tuple<SiloAddress, DateTime>> Suspicions(MembershipEntry entry) => entry.SuspectTimes ?? [];

    private static string[] List(TableEntity row, string name) =>
        (row.GetString(name) ?? "").Split(Separator, StringSplitOptions.RemoveEmptyEntries);

    private static DateTime Time(TableEntity row, string name) =>
        row.GetString(name) is { Length: > 0 } text ? LogFormatter.ParseDate(text) : default;

    private static int? Number(TableEntity row, string name) =>
        row.GetString(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string Required(TableEntity row, string name) =>
        row.GetString(name) ?? throw new FormatException($"Row '{row.RowKey}' has no {name}.");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
