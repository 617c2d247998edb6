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
    public const string Alive = "alive\r\n";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-kd-").FullName;

    /// <summary>Runs tests/KdHost in the place of kd. Its process is the Windows process: signals reach it, and SIGINT is Ctrl+C to it.</summary>
    public string Kd => Path.Combine(folder, "kd");

    /// <summary>The same in the place of cdb.</summary>
    public string Cdb => Path.Combine(folder, "cdb");

    /// <summary>
    /// A live user-mode target: prints <see cref="Alive"/> every second while it runs. It reads nothing; its output is the debugger's
    /// (engine: a program is started with the debugger's handles), also after the debugger has ended.
    /// </summary>
    public static IReadOnlyList<string> LiveTarget =>
        ["cmd.exe", "/c", $@"for /l %i in (1,1,600) do (echo {Alive.TrimEnd()}& C:\windows\system32\ping.exe -n 2 127.0.0.1 >NUL)"];

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
