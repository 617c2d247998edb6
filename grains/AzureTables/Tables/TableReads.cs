using System.Net;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace OrleansKd.AzureTables.Tables;

internal static class TableReads
{
    /// <summary>The row, or null when there is none. A missing table throws: "could not read" is not "empty".</summary>
    public static async Task<TableEntity?> Find(
        this TableClient table, string partitionKey, string rowKey, CancellationToken cancellationToken, IEnumerable<string>? select = null)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, select, cancellationToken);
        if (found.HasValue)
        {
            return found.Value;
        }

        var answer = found.GetRawResponse();
        var error = new RequestFailedException(answer);
        return answer.Status == (int)HttpStatusCode.NotFound && !error.IsMissingTable() ? null : throw error;
    }

    /// <summary>Deletes rows of one partition, in transactions as large as the service takes.</summary>
    public static async Task DeleteInBatches(this TableClient table, IEnumerable<TableTransactionAction> deletions, CancellationToken cancellationToken)
    {
        // 100 operations: the service's limit for a transaction.
        foreach (var batch in deletions.Chunk(100))
        {
            await table.SubmitTransactionAsync(batch, cancellationToken);
        }
    }

    public static async IAsyncEnumerable<TableEntity> Query(
        this TableClient table, FormattableString filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter(filter), cancellationToken: cancellationToken))
        {
            yield return row;
        }
    }
}
