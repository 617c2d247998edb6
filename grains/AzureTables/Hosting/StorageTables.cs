using Azure.Data.Tables;

namespace OrleansKd.AzureTables.Hosting;

/// <summary>The tables that a program needs: made and proved when it starts, looked at while it runs.</summary>
/// <param name="service">With few or no repetitions: the answer of now is wanted, within the caller's limit.</param>
public sealed class StorageTables(TableServiceClient service, IReadOnlyList<string> names)
{
    /// <summary>No row has this key: a look costs one request and reads nothing.</summary>
    private const string NoPartition = "orleanskd-look";

    public Uri Service => service.Uri;

    /// <summary>Makes the tables that are missing.</summary>
    /// <exception cref="StorageException">Which can't be used, and why.</exception>
    public Task Open(TimeSpan limit, CancellationToken cancellationToken) => ForEach(
        async (table, within) =>
        {
            await table.CreateIfNotExistsAsync(within);
            await Read(table, within);
        },
        limit,
        cancellationToken);

    /// <summary>Reads from each table. Makes none: an empty table in the place of a lost one would hide the loss.</summary>
    /// <exception cref="StorageException">Which can't be used, and why.</exception>
    public Task Look(TimeSpan limit, CancellationToken cancellationToken) => ForEach(Read, limit, cancellationToken);

    private static async Task Read(TableClient table, CancellationToken cancellationToken)
    {
        var rows = table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {NoPartition}"), 1, ["PartitionKey"], cancellationToken);
        await foreach (var _ in rows)
        {
            break;
        }
    }

    private async Task ForEach(Func<TableClient, CancellationToken, Task> action, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        within.CancelAfter(limit);
        var failures = await Task.WhenAll(names.Select(name => Try(name, table => action(table, within.Token), cancellationToken)));
        // What is wrong with the first is usually wrong with all: one message names them.
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
        {
            throw new StorageException(service.Uri, [.. names.Where((_, i) => failures[i]?.Problem == first.Problem)], first.Problem, first.Cause);
        }
    }

    private async Task<(TableProblem Problem, Exception Cause)?> Try(string name, Func<TableClient, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action(service.GetTableClient(name));
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && TableProblem.Of(e) is not null)
        {
            return (TableProblem.Of(e)!, e);
        }
    }
}

/// <summary>Tables that this program needs can't be used.</summary>
public sealed class StorageException(Uri service, IReadOnlyList<string> tables, TableProblem problem, Exception cause)
    : Exception($"{Name(tables)} at {service.GetLeftPart(UriPartial.Path)} can't be used: {problem.What}. {problem.Fix}", cause)
{
    /// <summary>Without the service's address and the remedy.</summary>
    public string Trouble => $"{Name(tables)} can't be used: {problem.What}.";

    private static string Name(IReadOnlyList<string> tables) => $"Table{(tables.Count == 1 ? "" : "s")} {string.Join(", ", tables.Select(table => $"'{table}'"))}";
}
