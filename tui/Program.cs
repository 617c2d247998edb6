using System.Runtime.InteropServices;
using System.Text;
using OrleansKd.Agent.SignIn;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Views;

using var ending = new CancellationTokenSource();
var signalCode = ExitCodes.Interrupted;
var isHangUpIgnored = false;
using var interrupt = On(PosixSignal.SIGINT, ExitCodes.Interrupted);
using var end = On(PosixSignal.SIGTERM, ExitCodes.Ended);
using var hangUp = On(PosixSignal.SIGHUP, ExitCodes.HungUp);

using var output = Console.OpenStandardOutput();
using var text = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = false };
using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
var home = ProfileStore.HomeFolder(Environment.GetEnvironmentVariable);
var store = new ProfileStore(home);
return await CommandLine.RunAsync(
    new CliHost
    {
        Out = text,
        RawOut = output,
        Error = error,
        In = Console.In,
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected && !Console.IsErrorRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        Time = TimeProvider.System,
        Open = (profile, server) => ServerConnection.Open(store, profile, server, TimeProvider.System),
        RunClient = RunClient,
        IgnoreHangUp = () => Volatile.Write(ref isHangUpIgnored, true),
        SignalCode = () => signalCode,
    },
    args,
    ending.Token);

async Task<int> RunClient(Func<ServerConnection> open, CancellationToken cancellationToken)
{
    if (TerminalClient.WhyNot(Environment.GetEnvironmentVariable("TERM")) is not { } reason)
        return await TerminalClient.RunAsync(open, Path.Combine(home, "client.log"), TimeProvider.System, () => signalCode, cancellationToken);
    await error.WriteLineAsync("orleanskd: " + reason);
    return ExitCodes.Usage;
}

PosixSignalRegistration On(PosixSignal signal, int code) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    if (signal == PosixSignal.SIGHUP && Volatile.Read(ref isHangUpIgnored))
        return;
    signalCode = code;
    ending.Cancel();
});
