using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.AzureTables.Tables;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>Where the logs of sessions are kept, and how hard a write is tried.</summary>
public sealed class AzureTableSessionLogOptions
{
    /// <summary>Required.</summary>
    public AzureTablesConnection? Connection { get; set; }

    /// <summary>Made at start when it does not exist.</summary>
    public string TableName { get; set; } = "OrleansKdSessionLog";

    /// <summary>
    /// One attempt's limit. A write of the largest row takes about 12 ms; the service answers within 30 seconds or never, and a
    /// session whose storage stalls for so long is better told.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts before a write's outcome is called unknown: about 5 seconds of refusals, with the pauses between them.</summary>
    public int WriteAttempts { get; set; } = 8;

    /// <summary>Further settings of the clients, such as policies of the pipeline.</summary>
    public Action<TableClientOptions>? ConfigureClient { get; set; }
}

internal sealed class AzureTableSessionLogOptionsValidator : IValidateOptions<AzureTableSessionLogOptions>
{
    public ValidateOptionsResult Validate(string? name, AzureTableSessionLogOptions options)
    {
        List<string> problems = [];
        if (options.Connection is null)
        {
            problems.Add($"The session log has no storage account: set {nameof(AzureTableSessionLogOptions)}.{nameof(options.Connection)}.");
        }
        else if (options.Connection.Problem is { } problem)
        {
            problems.Add($"The session log's storage account: {problem}");
        }

        if (!TableName.IsValid(options.TableName))
        {
            problems.Add($"The session log can't use the table name '{options.TableName}': set {nameof(options.TableName)} to {TableName.Rule}.");
        }

        if (options.AttemptTimeout <= TimeSpan.Zero || options.WriteAttempts < 1)
        {
            problems.Add($"The session log's {nameof(options.AttemptTimeout)} and {nameof(options.WriteAttempts)} must be positive.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
