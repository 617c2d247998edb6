using OrleansKd.Local;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks.Peers;

/// <summary>An OpenSSH server of this run's own on loopback, with keys made for it (Debian: openssh-server).</summary>
internal sealed class LoopbackSsh : IAsyncDisposable
{
    private readonly ProgramRun server;
    private readonly string folder;
    private readonly int port;

    private LoopbackSsh(ProgramRun server, string folder, int port) => (this.server, this.folder, this.port) = (server, folder, port);

    /// <summary>For <c>ssh</c>; the command follows.</summary>
    public string[] Arguments =>
    [
        "-tt", "-p", $"{port}", "-i", Path.Combine(folder, "user"), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
        $"{Environment.UserName}@127.0.0.1",
    ];

    public static async Task<LoopbackSsh> StartAsync(string folder)
    {
        foreach (var key in new[] { "host", "user" })
        {
            await using var make = new ProgramRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, key)]);
            (await make.EndAsync()).Succeeded();
        }
        var port = Requirements.FreePort();
        var settings = Path.Combine(folder, "sshd_config");
        await File.WriteAllLinesAsync(settings,
        [
            $"Port {port}", "ListenAddress 127.0.0.1", $"HostKey {Path.Combine(folder, "host")}", $"AuthorizedKeysFile {Path.Combine(folder, "user.pub")}",
            "StrictModes no", "UsePAM no", "PermitRootLogin yes", "PasswordAuthentication no", $"PidFile {Path.Combine(folder, "sshd.pid")}", "MaxStartups 100",
        ]);
        // Its place for privilege separation, which the package's service makes at boot.
        if (Environment.UserName == "root")
            Directory.CreateDirectory("/run/sshd");
        var server = new ProgramRun("/usr/sbin/sshd", ["-D", "-f", settings]);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Requirements.IsTaken(port))
            await timer.WaitForNextTickAsync();
        return new LoopbackSsh(server, folder, port);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
