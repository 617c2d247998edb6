using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.SessionLog;

public sealed class AzureTableSessionLogTests(AzuriteFixture azurite) : SessionLogContract, IAsyncLifetime
{
    private Logs? logs;

    public async ValueTask InitializeAsync() => logs = await Logs.Open(azurite);

    public ValueTask DisposeAsync() => logs!.DisposeAsync();

    protected override Task<ISessionLog> Open() => Task.FromResult(logs!.Log);
}
