using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Testing.Kernel;

namespace OrleansKd.Agent.Tests.Kernel;

/// <summary>One guest for all kernel tests, one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class KernelFixture : IAsyncLifetime, ICollectionFixture<KernelFixture>
{
    public const string Name = "kernel";

    private KernelGuest? guest;

    public async ValueTask InitializeAsync()
    {
        if (KernelFiles.Missing is null)
            guest = await KernelGuest.BootAsync();
    }

    public ValueTask DisposeAsync() => guest?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The guest, running; the test is skipped where no guest can boot.</summary>
    public async Task<KernelGuest> RunningAsync()
    {
        Assert.SkipWhen(KernelFiles.Missing is not null, KernelFiles.Missing ?? "");
        if (!await guest!.IsRunningAsync())
            await ResumeAsync();
        await guest.RunsAsync();
        return guest;
    }

    /// <summary>A new gdb finds the guest and lets it go on.</summary>
    public async Task ResumeAsync()
    {
        await using var gdb = await GdbSession.StartAsync(guest!.Arguments);
        Assert.Contains("#0 ", await gdb.RunAsync("bt 1"), StringComparison.Ordinal);
        await gdb.RunAsync("detach");
        gdb.Begin("quit");
        await gdb.Process.Exited;
        await guest.RunsAsync();
    }
}
