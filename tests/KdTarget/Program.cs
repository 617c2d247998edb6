using System.Net;
using System.Net.Sockets;
using OrleansKd.KdTarget;

// usage: OrleansKd.KdTarget running|frozen
// A machine that runs, or one that stands as after a bug check. Listens for the debugger on a free port of 127.0.0.1; prints
// "listening PORT", then every 50 ms how the machine stands: "running TICKS" or "frozen TICKS".
// Ends with its standard input, so that nothing is left of a test that was killed.
var period = TimeSpan.FromMilliseconds(50);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
if (args is not ["running" or "frozen"])
    throw new ArgumentException("running or frozen?");
var machine = new Machine(isRunning: args[0] == "running");
using var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
Console.WriteLine($"listening {((IPEndPoint)listener.LocalEndpoint).Port}");
try
{
    await Task.WhenAny(PrintClockAsync(), ServeAsync(), Console.OpenStandardInput().CopyToAsync(Stream.Null)).Unwrap();
}
catch (OperationCanceledException)
{
    // Asked to end.
}

async Task PrintClockAsync()
{
    using var timer = new PeriodicTimer(period);
    while (await timer.WaitForNextTickAsync(stop.Token))
    {
        var (isRunning, ticks) = machine.Tick();
        Console.WriteLine($"{(isRunning ? "running" : "frozen")} {ticks}");
    }
}

// One debugger at a time. When it is gone, the machine stays as it left it.
async Task ServeAsync()
{
    while (true)
    {
        using var client = await listener.AcceptTcpClientAsync(stop.Token);
        client.NoDelay = true;
        try
        {
            await new DebuggerConnection(client.GetStream(), machine).RunAsync(stop.Token);
        }
        catch (IOException)
        {
            // EndOfStreamException is one, too.
        }
    }
}
