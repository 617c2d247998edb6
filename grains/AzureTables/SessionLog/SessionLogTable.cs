using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>The log's table, by two clients over the same connections.</summary>
internal sealed class SessionLogTable
{
    private static readonly TimeSpan ReadRetryDelay = TimeSpan.FromMilliseconds(100);

    public SessionLogTable(IOptions<AzureTableSessionLogOptions> options)
    {
        Options = options.Value;
        Reads = Client(ReadAttempts);
        // The SDK's own repetition of a write would hide which attempt landed: writes are repeated by the log, which looks first.
        Writes = Client(0);
    }

    /// <summary>The service's limit.</summary>
    private const int MaxTransactionRows = 100;

    /// <summary>Each lost one means that somebody else's deletion got on: 64 are 6,400 rows.</summary>
    private const int MaxLostDeletions = 64;

    /// <summary>Repetitions of a read by the SDK: with growing pauses, about 3 seconds of refusals.</summary>
    private static int ReadAttempts => 5;

    public AzureTableSessionLogOptions Options { get; }

    public TableClient Reads { get; }

    public TableClient Writes { get; }

    /// <summary>
    /// Deletes the rows of a session whose keys are in <c>[from, end)</c>, a transaction at a time; an empty key is no bound. For
    /// rows that no head will name again, so it is safe to repeat, to interrupt and to arrive late. Returns how many there were.
    /// </summary>
    public async Task<int> DeleteRows(SessionId session, string from, string end, CancellationToken cancellationToken)
    {
        var partition = session.ToString();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {from}");
        filter += end.Length == 0 ? "" : $" and {TableClient.CreateQueryFilter($"RowKey lt {end}")}";
        var deleted = 0;
        for (var lost = 0; ;)
        {
            List<TableTransactionAction> rows = [];
            await foreach (var row in Reads.QueryAsync<TableEntity>(filter, MaxTransactionRows, ["PartitionKey", "RowKey"], cancellationToken))
            {
                rows.Add(new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag));
                if (rows.Count == MaxTransactionRows)
                {
                    break;
                }
            }

            if (rows.Count == 0)
            {
                return deleted;
            }

            try
            {
                await Reads.SubmitTransactionAsync(rows, cancellationToken);
                deleted += rows.Count;
            }
            // Somebody else deletes as well, or the answer to the first attempt got lost: what is left tells.
            catch (RequestFailedException e) when (e.IsContention() && ++lost < MaxLostDeletions)
            {
            }
        }
    }

    private TableClient Client(int retries) => Options.Connection!.CreateClient(client =>
    {
        client.Retry.MaxRetries = retries;
        client.Retry.Delay = ReadRetryDelay;
        client.Retry.NetworkTimeout = Options.AttemptTimeout;
        Options.ConfigureClient?.Invoke(client);
    }).GetTableClient(Options.TableName);
}
