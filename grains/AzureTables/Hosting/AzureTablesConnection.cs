using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using OrleansKd.AzureTables.Tables;

namespace OrleansKd.AzureTables.Hosting;

/// <summary>
/// How this program reaches its storage account's tables: by a connection string (Azurite, or an account key), or by a service
/// address and an identity. Exactly one of both.
/// </summary>
public sealed class AzureTablesConnection
{
    /// <summary>What a table may be called.</summary>
    public const string TableNameRule = TableName.Rule;

    private readonly Lazy<TokenCredential> defaultCredential = new(() => new DefaultAzureCredential());

    /// <summary>For Azurite and for account keys.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The account's table address, such as <c>https://account.table.core.windows.net</c>.</summary>
    public Uri? ServiceUri { get; init; }

    /// <summary>For <see cref="ServiceUri"/>; null: the machine's or developer's identity (<see cref="DefaultAzureCredential"/>).</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>Null when it can be used, else what is wrong and what to set.</summary>
    public string? Problem
    {
        get
        {
            if (ConnectionString is null == ServiceUri is null)
            {
                return $"Set either {nameof(ConnectionString)} or {nameof(ServiceUri)} of the tables' connection, not {(ServiceUri is null ? "neither" : "both")}.";
            }

            if (ConnectionString is not null && !IsConnectionString(ConnectionString))
            {
                return $"{nameof(ConnectionString)} is not one of a storage account: copy it from the account's access keys (\"DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…\").";
            }

            return ServiceUri is { IsAbsoluteUri: false } or { Scheme: not "https" }
                ? $"{nameof(ServiceUri)} '{ServiceUri}' must begin with https://: identities are sent over TLS only."
                : null;
        }
    }

    public static bool IsTableName(string? name) => TableName.IsValid(name);

    /// <summary>A client for all providers of this program. Clients share their connections.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="Problem"/>.</exception>
    public TableServiceClient CreateClient(Action<TableClientOptions>? configure = null)
    {
        if (Problem is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        var options = new TableClientOptions();
        configure?.Invoke(options);
        return ConnectionString is not null
            ? new TableServiceClient(ConnectionString, options)
            : new TableServiceClient(ServiceUri, Credential ?? defaultCredential.Value, options);
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = new TableServiceClient(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
