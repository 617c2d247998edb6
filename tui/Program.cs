using System.Runtime.InteropServices;
using System.Text;
using OrleansKd.Agent.SignIn;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;

using var ending = new CancellationTokenSource();
var signalCode = ExitCodes.Interrupted;
using var interrupt = On(PosixSignal.SIGINT, ExitCodes.Interrupted);
using var end = On(PosixSignal.SIGTERM, ExitCodes.Ended);
using var hangUp = On(PosixSignal.SIGHUP, ExitCodes.HungUp);

using var output = Console.OpenStandardOutput();
using var text = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = false };
using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
var store = ProfileStore.ForUser();
return await CommandLine.RunAsync(
    new CliHost
    {
        Out = text,
        RawOut = output,
        Error = error,
        In = Console.In,
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected && !Console.IsErrorRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        MachineName = Environment.MachineName,
        Time = TimeProvider.System,
        Open = (profile, server) => ServerConnection.Open(store, profile, server, TimeProvider.System),
        RunClient = (_, _) => Task.FromResult(ExitCodes.Usage),
        SignalCode = () => signalCode,
    },
    args,
    ending.Token);

PosixSignalRegistration On(PosixSignal signal, int code) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    signalCode = code;
    ending.Cancel();
});
