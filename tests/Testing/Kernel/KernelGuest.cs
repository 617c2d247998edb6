using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using OrleansKd.Local;
using OrleansKd.Local.Processes;
using Xunit;

namespace OrleansKd.Testing.Kernel;

/// <summary>
/// A real Linux kernel in a virtual machine, with a stub for gdb. Its own clock on the serial port shows whether it runs, and the machine
/// says so too.
/// </summary>
public sealed class KernelGuest : IAsyncDisposable
{
    /// <summary>Emulated, on a loaded machine; a passing test never waits for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const string Tick = "clock ";

    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-guest-").FullName;
    private BoundProcess process = null!;
    private long clock;

    private KernelGuest(KernelFiles files) => (Files, Port) = (files, Requirements.FreePort());

    public KernelFiles Files { get; }

    /// <summary>Where the stub listens.</summary>
    public int Port { get; }

    public int ProcessId => process.Id;

    public bool IsAlive => !process.Exited.IsCompleted;

    /// <summary>The last time that the guest told: tenths of a second, roughly.</summary>
    public long Clock => Interlocked.Read(ref clock);

    /// <summary>gdb's arguments to work on it.</summary>
    public string Arguments => $"-q -nx -ex 'target remote 127.0.0.1:{Port}' {Files.Symbols}";

    private string MonitorPath => Path.Combine(folder, "monitor");

    /// <summary>Boots one; where that can't be, <see cref="KernelFiles.Missing"/> says why.</summary>
    public static async Task<KernelGuest> BootAsync()
    {
        var guest = new KernelGuest(await KernelFiles.PrepareAsync());
        var start = new ProcessStartInfo("qemu-system-x86_64", MachineArguments(guest.Files, "quiet",
            ["-serial", "stdio", "-gdb", $"tcp:127.0.0.1:{guest.Port}", "-qmp", $"unix:{guest.MonitorPath},server=on,wait=off"]));
        guest.process = BoundProcess.Start(start, "KILL", ownSession: true, guest.OnLine, problem => new InvalidOperationException("The virtual machine did not start.", problem));
        await guest.RunsAsync();
        return guest;
    }

    /// <summary>Waits until the guest's clock goes on.</summary>
    public async Task RunsAsync()
    {
        var start = Clock;
        await UntilAsync(() => Task.FromResult(Clock >= start + 3), "the guest's clock goes on");
    }

    /// <summary>Waits until the machine says that it is stopped; its clock tells nothing new then.</summary>
    public async Task StandsStillAsync()
    {
        await UntilAsync(async () => !await IsRunningAsync(), "the guest stands still");
        // What it told before may still be on its way here.
        var told = Clock;
        for (var seen = -1L; seen != told; told = Clock)
        {
            seen = told;
            await IsRunningAsync();
        }
    }

    /// <summary>Whether the machine says that its processor runs.</summary>
    public async Task<bool> IsRunningAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(MonitorPath));
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
        await writer.WriteLineAsync("{\"execute\":\"qmp_capabilities\"}");
        await writer.WriteLineAsync("{\"execute\":\"query-status\"}");
        while (await reader.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            if (JsonDocument.Parse(line).RootElement.TryGetProperty("return", out var answer) && answer.TryGetProperty("running", out var running))
                return running.GetBoolean();
        }
        throw new IOException("The virtual machine's monitor does not answer.");
    }

    public async ValueTask DisposeAsync()
    {
        await process.EndAsync(BoundProcess.Terminate, TimeSpan.FromSeconds(5));
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    internal static IEnumerable<string> MachineArguments(KernelFiles files, string kernelArgument, IEnumerable<string> more) =>
    [
        "-accel", "tcg", "-m", "256", "-smp", "1", "-nodefaults", "-display", "none", "-no-reboot", "-kernel", files.Image, "-initrd", files.FileSystem,
        "-append", $"nokaslr console=ttyS0 panic=-1 {kernelArgument}", .. more,
    ];

    private void OnLine(string line)
    {
        var at = line.IndexOf(Tick, StringComparison.Ordinal);
        if (at >= 0 && long.TryParse(line.AsSpan(at + Tick.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var told))
            Interlocked.Exchange(ref clock, told);
    }

    private async Task UntilAsync(Func<Task<bool>> isTrue, string what)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var start = Stopwatch.GetTimestamp();
        while (!await isTrue())
        {
            if (!IsAlive)
                throw new InvalidOperationException($"The virtual machine ended before {what}.");
            if (Stopwatch.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"Not within {Limit.TotalSeconds:0} seconds: {what}.");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
