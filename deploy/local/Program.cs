using System.CommandLine;
using System.Runtime.InteropServices;
using OrleansKd.Local;

var headless = new Option<bool>("--headless") { Description = "Open no client; print 'ready URL' when everything answers." };
var data = new Option<string?>("--data") { Description = "Folder for tables, keys, spool and logs; it stays." };
var port = new Option<int>("--port") { Description = "The edge's port.", DefaultValueFactory = _ => LocalOptions.DefaultPort };
var silos = new Option<int>("--silos") { Description = "Number of silos.", DefaultValueFactory = _ => 1 };
port.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < 1 or > 65535)
        result.AddError("--port must be from 1 to 65535.");
});
silos.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < 1 or > LocalOptions.MostSilos)
        result.AddError($"--silos must be from 1 to {LocalOptions.MostSilos}.");
});
var root = new RootCommand("Runs OrleansKd on this machine: storage, sign-in, silo, agent, and the terminal client.") { headless, data, port, silos };
root.SetAction(async (parsed, _) =>
{
    using var ending = new CancellationTokenSource();
    using var interrupt = EndOn(PosixSignal.SIGINT, ending);
    using var terminate = EndOn(PosixSignal.SIGTERM, ending);
    using var hangUp = EndOn(PosixSignal.SIGHUP, ending);
    var options = new LocalOptions(
        Path.GetFullPath(parsed.GetValue(data) is { Length: > 0 } folder ? folder : LocalOptions.DefaultDataFolder()),
        parsed.GetValue(port), parsed.GetValue(silos), parsed.GetValue(headless));
    return await LocalRun.RunAsync(options, ending.Token);
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static PosixSignalRegistration EndOn(PosixSignal signal, CancellationTokenSource ending) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    ending.Cancel();
});
