using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using OrleansKd.Local.Azurite;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.Azurite;

public sealed class AzuriteProcessTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_InMemory_Answers()
    {
        var table = await azurite.NewTable();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["Value"] = 42 }, Cancellation);

        Assert.Equal(42, (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation)).Value.GetInt32("Value"));
    }

    [Fact]
    public async Task Start_OnAFolder_FindsWhatTheProcessBeforeItWrote()
    {
        var folder = Directory.CreateTempSubdirectory("azurite").FullName;
        try
        {
            await using (var first = await AzuriteProcess.Start(new AzuriteOptions { DataFolder = folder }, Cancellation))
            {
                var table = new TableClient(first.ConnectionString, "Kept");
                await table.CreateAsync(Cancellation);
                await table.AddEntityAsync(new TableEntity("p", "r"), Cancellation);
            }

            await using var second = await AzuriteProcess.Start(new AzuriteOptions { DataFolder = folder }, Cancellation);
            var found = await new TableClient(second.ConnectionString, "Kept").GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation);
            Assert.Equal("r", found.Value.RowKey);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Start_OnAPortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refused = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteProcess.Start(new AzuriteOptions { Port = port, InMemory = true }, Cancellation));

        Assert.Contains($"Port {port} is used by another program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_EndsTheProcess()
    {
        var started = await AzuriteProcess.Start(new AzuriteOptions { InMemory = true }, Cancellation);

        await started.DisposeAsync();

        Assert.True(started.Exited.IsCompleted);
    }

    [Fact]
    public async Task Start_FromAFolderWithoutPackage_SaysWhatToGive()
    {
        var folder = Directory.CreateTempSubdirectory("azurite").FullName;
        try
        {
            var refused = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteInstall.Ensure(folder, Cancellation));

            Assert.Contains("deploy/local/azurite", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Install_ByTwoAtOnceOfAFolderWithABrokenInstall_EndsComplete()
    {
        var folder = Directory.CreateTempSubdirectory("azurite").FullName;
        try
        {
            foreach (var name in (string[])["package.json", "package-lock.json"])
            {
                File.Copy(Path.Combine(AzuriteInstall.StandardFolder(), name), Path.Combine(folder, name));
            }

            Directory.CreateDirectory(Path.Combine(folder, "node_modules", "azurite"));

            await Task.WhenAll(AzuriteInstall.Ensure(folder, Cancellation), AzuriteInstall.Ensure(folder, Cancellation));

            await using var started = await AzuriteProcess.Start(new AzuriteOptions { InMemory = true, InstallFolder = folder }, Cancellation);
            Assert.False(started.Exited.IsCompleted);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
