using System.Diagnostics;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary><c>orleanskd agent …</c> as a process, with a home folder of the test's.</summary>
internal static class AgentProcess
{
    public static string Program
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(output.Parent!.Parent!.FullName, "OrleansKd.Tui", output.Name, "orleanskd");
        }
    }

    public static Process Start(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, ["agent", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ORLEANSKD_HOME"] = home;
        return Process.Start(start)!;
    }
}
