using OrleansKd.Agent.Tests.Connection;

namespace OrleansKd.Agent.Tests.Kernel;

/// <summary>SIGTERM for the agent's program while its gdb holds a real kernel that runs.</summary>
[Collection(KernelFixture.Name)]
public sealed class KernelAgentEndTests(KernelFixture kernel)
{
    [Fact]
    public async Task Terminate_OfTheAgent_WhileTheGuestRunsTowardsABreakpoint_LetsItRunWithoutTheBreakpoint()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await HostedDebugger.StartAsync(guest.Arguments, "hbreak __x64_sys_execve", "ignore 1 1000000");
        await guest.StandsStillAsync();
        await gdb.ResumeAsync("continue");
        await gdb.TerminateAgentAsync();
        await guest.RunsAsync();
    }
}
