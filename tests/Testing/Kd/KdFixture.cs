using System.Diagnostics;
using Xunit;

namespace OrleansKd.Testing.Kd;

/// <summary>
/// Microsoft's debugger engine for all tests of an assembly: <c>[assembly: AssemblyFixture(typeof(KdFixture))]</c>, then a constructor
/// argument. A Wine prefix of its own, and programs that agents take for kd and cdb by their names. Tests are marked
/// <see cref="KdFactAttribute"/>. At the end everything that still runs in the prefix is ended.
/// </summary>
public sealed class KdFixture : IAsyncLifetime
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-kd-").FullName;

    /// <summary>Runs tests/KdHost in the place of kd. Its process is the Windows process: signals reach it, and SIGINT is Ctrl+C to it.</summary>
    public string Kd => Path.Combine(folder, "kd");

    /// <summary>The same in the place of cdb.</summary>
    public string Cdb => Path.Combine(folder, "cdb");

    /// <summary>A live user-mode target that runs for ten minutes, reads nothing and prints nothing.</summary>
    public static IReadOnlyList<string> LiveTarget => ["ping.exe", "-n", "600", "127.0.0.1"];

    private string Prefix => Path.Combine(folder, "prefix");

    /// <summary>A path that Windows programs in the prefix understand.</summary>
    public static string WindowsPath(string path) => "Z:" + path.Replace('/', '\\');

    public ValueTask InitializeAsync()
    {
        if (Wine.Missing is not null || OperatingSystem.IsWindows())
            return ValueTask.CompletedTask;
        Wine.CreatePrefix(Prefix);
        var script = Script(KdPrograms.Host);
        foreach (var path in new[] { Kd, Cdb })
        {
            File.WriteAllText(path, script);
            File.SetUnixFileMode(path, Executable);
        }
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (Wine.Missing is null)
        {
            var start = new ProcessStartInfo(Wine.Server, ["-k", "-w"]);
            start.Environment["WINEPREFIX"] = Prefix;
            using var server = Process.Start(start)!;
            await server.WaitForExitAsync();
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// The engine's libraries must be Microsoft's: Wine has stubs of the same names. Without a symbol path of its own the engine asks
    /// a server on the internet, and hangs.
    /// </summary>
    private string Script(string program) => $"""
        #!/bin/sh
        export WINEPREFIX='{Prefix}' WINEDEBUG=-all WINEDLLOVERRIDES='dbgeng,dbghelp,dbgcore,dbgmodel,msdia140=n' _NT_SYMBOL_PATH='C:\windows'
        exec {Wine.Loader} '{program}' "$@"

        """;
}
