using Azure.Data.Tables;

namespace OrleansKd.Silo.Tests.Storage;

/// <summary>Somebody deletes tables under a running server, and restores them.</summary>
public sealed class StorageTablesLostTests
{
    private static readonly string[] Lost = ["OrleansKdSessionLog", "OrleansGrainState"];

    /// <summary>Grains that could not be read in 6 seconds; without pauses it would be hundreds.</summary>
    private const int MostFailures = 15;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_WhenItsTablesAreDeleted_SaysWhichAndGoesOnWhenTheyAreRestored()
    {
        await using var session = await HostedSession.OpenAsync(keepStorage: false);
        await session.PrintAsync("before");
        var service = new TableServiceClient(session.Servers.Storage.ConnectionString);
        var copies = new Dictionary<string, List<TableEntity>>();
        foreach (var table in Lost)
        {
            copies[table] = await service.GetTableClient(table).QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync(Cancellation);
            await service.DeleteTableAsync(table, Cancellation);
        }

        Assert.NotEmpty(copies[Lost[0]]);
        Assert.NotEmpty(copies[Lost[1]]);
        var health = await session.HealthBecomesAsync(healthy: false, "does not exist");
        Assert.All(Lost, table => Assert.Contains($"'{table}'", health, StringComparison.Ordinal));
        Assert.DoesNotContain("OrleansReminders", health, StringComparison.Ordinal);
        var refused = await session.RunAsync("sessions", "run", session.Id, "echo lost\\n");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);

        // It neither dies, nor makes the tables, nor tries as fast as it can: the agent comes back with growing pauses.
        var failures = Failures(session);
        await session.StaysUnhealthyAsync(TimeSpan.FromSeconds(6));
        var names = await service.QueryAsync(cancellationToken: Cancellation).Select(table => table.Name).ToListAsync(Cancellation);
        Assert.Empty(names.Intersect(Lost));
        Assert.InRange(Failures(session) - failures, 1, MostFailures);
        Assert.Contains("a running one does not, because that would hide the loss", session.Server.Run.Out, StringComparison.Ordinal);

        foreach (var table in Lost)
        {
            var restored = service.GetTableClient(table);
            await restored.CreateAsync(Cancellation);
            foreach (var row in copies[table])
                await restored.AddEntityAsync(row, Cancellation);
        }

        await session.HealthBecomesAsync(healthy: true);
        await session.EventuallyAsync("sessions", "run", session.Id, "echo after\\n");
        var transcript = await session.TranscriptAsync();
        Assert.Contains("\nbefore\n", transcript, StringComparison.Ordinal);
        Assert.Contains("\nafter\n", transcript, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{refused.ExitCode} {refused.Error}");
    }

    private static int Failures(HostedSession session) => session.Server.Run.Out.Split("Lifecycle start canceled due to errors").Length - 1;
}
