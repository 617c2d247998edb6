using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace OrleansKd.AzureTables.Clustering;

/// <summary>
/// The membership table's version: every change of a silo's row replaces <see cref="RowKey"/> under its ETag in the same
/// transaction, which puts all changes of a cluster into one order.
/// <para>
/// The same transaction writes the version into two fence rows, the first and the last of the partition in key order. A reader
/// that needs several pages has read one state of the table if both ends say the same version.
/// </para>
/// </summary>
internal static class VersionRow
{
    public const string RowKey = "VersionRow";
    public const string StartFence = "!Start";
    public const string EndFence = "~End";

    private const string VersionName = "MembershipVersion";

    public static bool IsVersionOrFence(TableEntity row) => row.RowKey is RowKey or StartFence or EndFence;

    public static int Version(TableEntity row) => int.Parse(row.GetString(VersionName), CultureInfo.InvariantCulture);

    public static TableVersion ToTableVersion(TableEntity row) => new(Version(row), row.ETag.ToString());

    /// <summary>The three rows of a table that nothing was written to.</summary>
    public static IEnumerable<TableTransactionAction> First(string clusterId) =>
        from row in (TableEntity[])[NewRow(clusterId, 0), NewFence(clusterId, StartFence, 0), NewFence(clusterId, EndFence, 0)]
        select new TableTransactionAction(TableTransactionActionType.Add, row);

    /// <summary>Moves the version from the one that <paramref name="next"/>'s ETag belongs to.</summary>
    public static IEnumerable<TableTransactionAction> Move(string clusterId, TableVersion next) =>
    [
        new(TableTransactionActionType.UpdateReplace, NewRow(clusterId, next.Version), new ETag(next.VersionEtag)),
        new(TableTransactionActionType.UpsertReplace, NewFence(clusterId, StartFence, next.Version)),
        new(TableTransactionActionType.UpsertReplace, NewFence(clusterId, EndFence, next.Version)),
    ];

    /// <summary>Whether rows that came in several pages are one state of the table.</summary>
    /// <param name="version">Of the version row; ahead of both fences when it was written by a program that knows none.</param>
    public static bool IsOneState(int version, int? start, int? end) =>
        (start is null && end is null)
        || (start == end && start == version)
        || (version > (start ?? -1) && version > (end ?? -1));

    private static TableEntity NewRow(string clusterId, int version) => new(clusterId, RowKey)
    {
        ["DeploymentId"] = clusterId,
        [VersionName] = version.ToString(CultureInfo.InvariantCulture),
    };

    // Active, so that cleaning up after silos that are not leaves it alone.
    private static TableEntity NewFence(string clusterId, string rowKey, int version) => new(clusterId, rowKey)
    {
        ["DeploymentId"] = clusterId,
        [VersionName] = version.ToString(CultureInfo.InvariantCulture),
        ["Status"] = nameof(SiloStatus.Active),
    };
}
