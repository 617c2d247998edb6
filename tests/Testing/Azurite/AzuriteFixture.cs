using System.Security.Cryptography;
using Azure.Data.Tables;
using OrleansKd.Local.Azurite;
using Xunit;

namespace OrleansKd.Testing.Azurite;

/// <summary>
/// One Azurite, in memory, for all tests of an assembly: <c>[assembly: AssemblyFixture(typeof(AzuriteFixture))]</c>, then a
/// constructor argument. Tests keep apart by table names.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteProcess? process;

    public string ConnectionString => Process.ConnectionString;

    public AzuriteProcess Process => process ?? throw new InvalidOperationException("Azurite is not started: use this class as a fixture.");

    public TableServiceClient Tables => field ??= new TableServiceClient(ConnectionString);

    /// <summary>A table name that no other test has.</summary>
    /// <param name="purpose">Letters and digits, to be recognised in failures.</param>
    public static string NewTableName(string purpose = "Test") =>
        purpose + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 16);

    /// <summary>An empty table that no other test has.</summary>
    public async Task<TableClient> NewTable(string purpose = "Test")
    {
        var table = Tables.GetTableClient(NewTableName(purpose));
        await table.CreateAsync();
        return table;
    }

    public async ValueTask InitializeAsync() => process = await AzuriteProcess.Start(new AzuriteOptions { InMemory = true });

    public ValueTask DisposeAsync() => process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
