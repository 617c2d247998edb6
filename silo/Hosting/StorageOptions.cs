using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.Hosting;

namespace OrleansKd.Silo.Hosting;

/// <summary>Section <c>OrleansKd:Storage</c>: one storage account for everything, and how patiently it is used.</summary>
public sealed class StorageOptions
{
    /// <summary>For Azurite and account keys. This or <see cref="ServiceUri"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The account's table address; this program's identity signs in (DefaultAzureCredential).</summary>
    public string? ServiceUri { get; set; }

    public StorageTableNames Tables { get; set; } = new();

    public StorageRetryOptions Retry { get; set; } = new();

    /// <summary>How long the start waits for the tables. Whoever started the program wants to know soon what is wrong.</summary>
    public TimeSpan StartLimit { get; set; } = TimeSpan.FromSeconds(15);

    internal AzureTablesConnection ToConnection() => new()
    {
        ConnectionString = ConnectionString is { Length: > 0 } ? ConnectionString : null,
        ServiceUri = ServiceUri is { Length: > 0 } address ? new Uri(address, UriKind.RelativeOrAbsolute) : null,
    };
}

/// <summary>Made at start when they don't exist. Silos and edges of one cluster need the same names.</summary>
public sealed class StorageTableNames
{
    public string SessionLog { get; set; } = "OrleansKdSessionLog";

    public string GrainState { get; set; } = "OrleansGrainState";

    public string Membership { get; set; } = "OrleansSiloInstances";

    public string Reminders { get; set; } = "OrleansReminders";
}

/// <summary>Repetitions of one request to Orleans' own tables; pauses double. The session log's writes have their own.</summary>
public sealed class StorageRetryOptions
{
    /// <summary>In all, so 1 repeats nothing.</summary>
    public int Attempts { get; set; } = 4;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>One attempt's limit: the service answers within seconds or is out of order.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> failures = [];
        if (options.ToConnection().Problem is { } problem)
            failures.Add($"OrleansKd:Storage: {problem} (for Azurite: OrleansKd__Storage__ConnectionString)");
        var tables = new (string Setting, string Name)[]
        {
            (nameof(StorageTableNames.SessionLog), options.Tables.SessionLog), (nameof(StorageTableNames.GrainState), options.Tables.GrainState),
            (nameof(StorageTableNames.Membership), options.Tables.Membership), (nameof(StorageTableNames.Reminders), options.Tables.Reminders),
        };
        failures.AddRange(from table in tables
                          where !AzureTablesConnection.IsTableName(table.Name)
                          select $"OrleansKd:Storage:Tables:{table.Setting} is '{table.Name}'; it must be {AzureTablesConnection.TableNameRule}.");
        if (tables.DistinctBy(table => table.Name, StringComparer.OrdinalIgnoreCase).Count() < tables.Length)
            failures.Add("OrleansKd:Storage:Tables: SessionLog, GrainState, Membership and Reminders must be four different names (upper and lower case are the same).");
        var retry = options.Retry;
        if (retry.Attempts is < 1 or > 20)
            failures.Add($"OrleansKd:Storage:Retry:Attempts is {retry.Attempts}; it must be from 1 (no repetition) to 20.");
        if (retry.Delay <= TimeSpan.Zero || retry.MaxDelay < retry.Delay || retry.MaxDelay > Longest)
            failures.Add($"OrleansKd:Storage:Retry:Delay ({retry.Delay}) must be positive and no longer than :MaxDelay ({retry.MaxDelay}), and that at most {Longest}.");
        if (retry.AttemptTimeout < TimeSpan.FromSeconds(1) || retry.AttemptTimeout > Longest)
            failures.Add($"OrleansKd:Storage:Retry:AttemptTimeout is {retry.AttemptTimeout}; it must be from one second to {Longest}.");
        if (options.StartLimit < TimeSpan.FromSeconds(1) || options.StartLimit > Longest)
            failures.Add($"OrleansKd:Storage:StartLimit is {options.StartLimit}; it must be from one second to {Longest}.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
