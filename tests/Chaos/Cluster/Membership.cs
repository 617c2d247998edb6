using System.Globalization;
using Azure.Data.Tables;

namespace OrleansKd.Chaos.Cluster;

/// <summary>One silo's row of the membership table.</summary>
/// <param name="Suspecting">Silos that say that they can't reach it.</param>
internal sealed record MembershipRow(int Port, long Generation, string Status, string Suspecting, string SuspectedAt);

/// <summary>The membership table as it is stored, read past every silo.</summary>
internal sealed class Membership(string connectionString)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly TableClient table = new(connectionString, "OrleansSiloInstances");

    public async Task<IReadOnlyList<MembershipRow>> ReadAsync(CancellationToken cancellationToken)
    {
        List<MembershipRow> rows = [];
        await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken))
        {
            // One row is the table's version.
            if (row.GetString("Status") is { } status && row.GetString("Port") is { } port)
            {
                rows.Add(new MembershipRow(
                    int.Parse(port, CultureInfo.InvariantCulture),
                    long.Parse(row.GetString("Generation"), CultureInfo.InvariantCulture),
                    status, row.GetString("SuspectingSilos") ?? "", row.GetString("SuspectingTimes") ?? ""));
            }
        }
        return rows;
    }

    /// <summary>Waits until these silos, and no others, are active.</summary>
    public async Task ActiveAsync(IEnumerable<int> siloPorts, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Poll);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if ((await ReadAsync(cancellationToken)).Where(row => row.Status == "Active").Select(row => row.Port).Order().SequenceEqual(siloPorts.Order()))
                return;
        }
    }

    /// <summary>Waits until the silo of this port is declared dead.</summary>
    public async Task DeadAsync(int siloPort, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Poll);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var rows = await ReadAsync(cancellationToken);
            if (rows.Where(row => row.Port == siloPort).MaxBy(row => row.Generation) is { Status: "Dead" })
                return;
        }
    }
}
