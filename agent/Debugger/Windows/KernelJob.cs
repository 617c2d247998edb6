using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OrleansKd.Agent.Debugger.Windows;

/// <summary>A job that ends its processes when its last handle closes: also when the agent is killed.</summary>
[SupportedOSPlatform("windows")]
internal sealed class KernelJob : IDisposable
{
    private const uint KilledExitCode = 1;

    private readonly SafeFileHandle handle;

    private KernelJob(SafeFileHandle handle) => this.handle = handle;

    /// <exception cref="Win32Exception">The system has no room for it.</exception>
    public static KernelJob Create()
    {
        var job = new KernelJob(Kernel32.CreateJobObject(0, 0));
        if (job.handle.IsInvalid || !job.Limit(Kernel32.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE))
            throw new Win32Exception();
        return job;
    }

    /// <summary>What the process starts from now on belongs to the job, too.</summary>
    public void Add(SafeHandle process)
    {
        // It may have ended already: that will be seen.
        _ = Kernel32.AssignProcessToJobObject(handle, process);
    }

    /// <summary>Ends all processes of the job.</summary>
    public void End() => _ = Kernel32.TerminateJobObject(handle, KilledExitCode);

    /// <summary>What is left of the job lives on when it is closed.</summary>
    public void LetGo() => _ = Limit(0);

    public void Dispose() => handle.Dispose();

    private bool Limit(uint flags)
    {
        var limits = new Kernel32.ExtendedLimits { LimitFlags = flags };
        return Kernel32.SetInformationJobObject(handle, Kernel32.JobObjectExtendedLimitInformation, limits, Unsafe.SizeOf<Kernel32.ExtendedLimits>());
    }
}
