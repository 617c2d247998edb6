using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansKd.Agent.Tests;

/// <summary>Small C programs, compiled once for each test run.</summary>
internal static class SamplePrograms
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Built = new();
    private static readonly string Folder = Directory.CreateTempSubdirectory("orleanskd-samples-").FullName;

    static SamplePrograms() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);

    public static string Crash => Build("crash");

    public static string Count => Build("count");

    public static string Flood => Build("flood");

    public static string Fork => Build("fork");

    public static string Stubborn => Build("stubborn");

    public static string Sample => Build("sample");

    private static string Build(string name) => Built.GetOrAdd(name, _ => new(() =>
    {
        var program = Path.Combine(Folder, name);
        var source = Path.Combine(AppContext.BaseDirectory, "SamplePrograms", name + ".c");
        using var compiler = Process.Start(new ProcessStartInfo("gcc", ["-g", "-O0", "-o", program, source]))!;
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return program;
    })).Value;
}
