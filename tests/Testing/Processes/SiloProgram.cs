using OrleansKd.Local;
using OrleansKd.Local.Processes;

namespace OrleansKd.Testing.Processes;

/// <summary>The server program alone, on free ports, with whatever storage a test gives it.</summary>
public static class SiloProgram
{
    public static ProgramRun Start(string connectionString, params string[] arguments) => new("dotnet",
    [
        BuiltProgram.PathOf(BuiltProgram.Silo), "--urls", $"http://127.0.0.1:{FreePort()}", "--silo-port", $"{FreePort()}", "--gateway-port", $"{FreePort()}",
        "--OrleansKd:Auth:Authority", "http://127.0.0.1:1", "--OrleansKd:Storage:ConnectionString", connectionString, .. arguments,
    ], new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Development", ["NO_COLOR"] = "1" });

    public static int FreePort() => Requirements.FreePort();
}
