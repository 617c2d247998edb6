using OrleansKd.Testing.Processes;

namespace OrleansKd.Testing.Kd;

/// <summary>A KD server: a debugger that others connect to, with its own console.</summary>
public sealed class KdServer : IAsyncDisposable
{
    private KdServer(KdConsole console, string transport) => (Console, Transport) = (console, transport);

    /// <summary>The server's own.</summary>
    public KdConsole Console { get; }

    /// <summary>What a client gives to <c>-remote</c>.</summary>
    public string Transport { get; }

    /// <param name="program"><see cref="KdFixture.Kd"/> or <see cref="KdFixture.Cdb"/>.</param>
    /// <param name="target">The debugger's arguments for its target.</param>
    /// <param name="until">What it prints when it has come as far as the test wants; its first prompt is <c>"kd> "</c> or <c>"0:000> "</c>.</param>
    public static async Task<KdServer> StartAsync(string program, IEnumerable<string> target, string until, string? password = null)
    {
        var port = SiloProgram.FreePort();
        var secret = password is null ? "" : $",password={password}";
        var console = KdConsole.Start(program, ["-server", $"tcp:port={port}{secret}", .. target]);
        try
        {
            await console.UntilAsync(until);
        }
        catch
        {
            await console.DisposeAsync();
            throw;
        }
        return new(console, $"tcp:server=127.0.0.1,port={port}{secret}");
    }

    public ValueTask DisposeAsync() => Console.DisposeAsync();
}
