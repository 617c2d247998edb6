using Azure.Data.Tables;
using Microsoft.Extensions.Options;

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

    /// <summary>Repetitions of a read by the SDK: with growing pauses, about 3 seconds of refusals.</summary>
    private static int ReadAttempts => 5;

    public AzureTableSessionLogOptions Options { get; }

    public TableClient Reads { get; }

    public TableClient Writes { get; }

    private TableClient Client(int retries) => Options.Connection!.CreateClient(client =>
    {
        client.Retry.MaxRetries = retries;
        client.Retry.Delay = ReadRetryDelay;
        client.Retry.NetworkTimeout = Options.AttemptTimeout;
        Options.ConfigureClient?.Invoke(client);
    }).GetTableClient(Options.TableName);
}
