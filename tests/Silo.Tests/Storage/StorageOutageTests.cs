using System.Diagnostics;
using Azure.Data.Tables;

namespace OrleansKd.Silo.Tests.Storage;

/// <summary>Storage goes away under a running server for half a minute, as a hang and as a refusal, and comes back.</summary>
public sealed class StorageOutageTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Server_WhenStorageIsGoneForHalfAMinute_SurvivesAndGoesOnByItself()
    {
        await using var session = await HostedSession.OpenAsync(keepStorage: true);
        var other = await session.Servers.StartServerAsync("silo");
        await session.PrintAsync("before");

        // It takes connections and never answers.
        var storage = session.Servers.Storage.ProcessId;
        await SignalAsync("-STOP", storage);
        try
        {
            await session.HealthBecomesAsync(healthy: false, "the service did not answer in time");
            await session.StaysUnhealthyAsync(Outage);
        }
        finally
        {
            await SignalAsync("-CONT", storage);
        }
        await session.HealthBecomesAsync(healthy: true);
        await session.EventuallyAsync("sessions", "run", session.Id, "echo between\\n");
        await session.EventuallyAsync("sessions", "invite", session.Id, "client@fabrikam.example");

        // Nothing listens.
        await session.Servers.StopStorageAsync();
        await session.HealthBecomesAsync(healthy: false, "nothing accepts connections there");
        await session.StaysUnhealthyAsync(Outage);
        await session.Servers.StartStorageAsync();
        await session.HealthBecomesAsync(healthy: true);
        await session.EventuallyAsync("sessions", "run", session.Id, "echo after\\n");

        var transcript = await session.TranscriptAsync();
        var places = new[] { "before\n", "between\n", "after\n" }.Select(text => transcript.IndexOf("\n" + text, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        var sessions = (await session.Servers.Start(session.Server.Address, "client", "sessions", "list", "--json").EndAsync()).Succeeded();
        Assert.Contains(session.Id, sessions.Out, StringComparison.Ordinal);
        // No silo called another dead, and none ended: the cluster is the one that it was.
        Assert.True((await session.Servers.HealthAsync(other.Address)).IsHealthy);
        var membership = await new TableServiceClient(session.Servers.Storage.ConnectionString).GetTableClient("OrleansSiloInstances")
            .QueryAsync<TableEntity>(row => row.PartitionKey == "orleanskd", cancellationToken: TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Active", "Active"], membership.Where(row => row.ContainsKey("HostName")).Select(row => row.GetString("Status")));
        TestContext.Current.TestOutputHelper?.WriteLine($"The server wrote {session.Server.Run.Out.Count(c => c == '\n')} lines.");
        Assert.DoesNotContain("does not start", session.Server.Run.Out, StringComparison.Ordinal);
    }

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("kill", [signal, $"{processId}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
