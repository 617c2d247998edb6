using System.Diagnostics;
using System.Net;
using OrleansKd.Local.Azurite;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Storage;

/// <summary>The real program, with storage that it can't use: it ends soon and says in one message where, what and how to mend it.</summary>
public sealed class StorageStartTests
{
    /// <summary>The start's own limit is 15 seconds; the rest is the program's start on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(35);

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "Storage Table Data Contributor")]
    [InlineData(403, "AuthorizationFailure", "network rules")]
    [InlineData(403, "AuthenticationFailed", "AccountKey")]
    [InlineData(400, "InvalidUri", "400 InvalidUri")]
    public async Task Start_WhenTheServiceRefuses_SaysWhatToDo(int status, string code, string fix)
    {
        await using var service = await FakeTableService.RefuseAsync(status, code);

        var output = await EndOfStartAsync(service.ConnectionString);

        AssertOneMessage(output, service.Address, fix);
        Assert.InRange(service.Requests, 4, 8);
    }

    [Fact]
    public async Task Start_WithAWrongAccountKey_SaysSo()
    {
        await using var azurite = await AzuriteProcess.Start(new AzuriteOptions { InMemory = true }, TestContext.Current.CancellationToken);
        var wrong = FakeTableService.ConnectionStringFor(azurite.TableEndpoint.ToString()).Replace("AccountName=account", "AccountName=devstoreaccount1", StringComparison.Ordinal);

        AssertOneMessage(await EndOfStartAsync(wrong), azurite.TableEndpoint.ToString(), "AccountKey");
    }

    [Fact]
    public async Task Start_WhenNothingListens_SaysWhere()
    {
        var address = $"http://127.0.0.1:{SiloProgram.FreePort()}/account";

        AssertOneMessage(await EndOfStartAsync(FakeTableService.ConnectionStringFor(address)), address, "nothing accepts connections there");
    }

    [Fact]
    public async Task Start_WhenNothingEverAnswers_GivesUpInTime()
    {
        using var silent = FakeTableService.Silent();
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/account";

        AssertOneMessage(await EndOfStartAsync(FakeTableService.ConnectionStringFor(address)), address, "did not answer in time");
    }

    [Fact]
    public async Task Start_OfAnEdgeAlone_LooksAtItsTablesToo()
    {
        await using var service = await FakeTableService.RefuseAsync(403, "AuthorizationPermissionMismatch");

        AssertOneMessage(await EndOfStartAsync(service.ConnectionString, "--role", "edge"), service.Address, "Tables 'OrleansKdSessionLog', 'OrleansSiloInstances' at");
    }

    [Theory]
    [InlineData("OrleansKd:Storage:Tables:Reminders", "1", "OrleansKd:Storage:Tables:Reminders is '1'; it must be a letter")]
    [InlineData("OrleansKd:Storage:Tables:Membership", "orleansgrainstate", "four different names")]
    [InlineData("OrleansKd:Storage:Retry:Attempts", "0", "OrleansKd:Storage:Retry:Attempts is 0")]
    [InlineData("OrleansKd:Storage:Retry:MaxDelay", "00:00:00.1", "no longer than :MaxDelay")]
    [InlineData("OrleansKd:Storage:Retry:AttemptTimeout", "0", "AttemptTimeout is 00:00:00")]
    [InlineData("OrleansKd:Storage:ConnectionString", "nonsense", "copy it from the account's access keys")]
    [InlineData("OrleansKd:Storage:ServiceUri", "https://account.table.core.windows.net", "not both")]
    public async Task Start_WithAWrongSetting_NamesIt(string setting, string value, string message)
    {
        var (result, _) = await EndOfStartAsync(FakeTableService.ConnectionStringFor("http://127.0.0.1:1/account"), $"--{setting}", value);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Out + result.Error, StringComparison.Ordinal);
    }

    private static void AssertOneMessage((ProgramResult Result, TimeSpan Elapsed) end, string address, string fix)
    {
        var (result, elapsed) = end;
        Assert.Equal(1, result.ExitCode);
        Assert.InRange(elapsed, TimeSpan.Zero, Limit);
        var message = Assert.Single(result.Out.Split('\n'), line => line.Contains("does not start", StringComparison.Ordinal));
        Assert.Contains("Tables 'OrleansKdSessionLog', ", message, StringComparison.Ordinal);
        Assert.Contains(address, message, StringComparison.Ordinal);
        Assert.Contains(fix, message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Out + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey=", result.Out + result.Error, StringComparison.Ordinal);
    }

    private static async Task<(ProgramResult Result, TimeSpan Elapsed)> EndOfStartAsync(string connectionString, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        await using var silo = SiloProgram.Start(connectionString, arguments);
        return (await silo.EndAsync(), watch.Elapsed);
    }
}
