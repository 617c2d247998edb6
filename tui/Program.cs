using System.Runtime.InteropServices;
using System.Text;
using OrleansKd.Agent.SignIn;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Views;
using OrleansKd.Tui.Views.Dialogs;

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
var store = ProfileStore.ForUser();
var settings = new SettingsFile(home);
var servers = new KnownServers(store, Environment.GetEnvironmentVariable, TimeProvider.System);
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
        Open = servers.Open,
        Settings = settings,
        RunClient = RunClient,
        OpenBrowser = OpenBrowser,
        IgnoreHangUp = () => Volatile.Write(ref isHangUpIgnored, true),
        SignalCode = () => signalCode,
    },
    args,
    ending.Token);

async Task<int> RunClient(ServerChoice choice, CancellationToken cancellationToken)
{
    if (TerminalClient.WhyNot(Environment.GetEnvironmentVariable("TERM")) is { } reason)
    {
        await error.WriteLineAsync("orleanskd: " + reason);
        return ExitCodes.Usage;
    }
    var log = new ProblemLog(Path.Combine(home, "client.log"), TimeProvider.System);
    return await new TerminalClient(servers, settings, log, TimeProvider.System, () => signalCode).RunAsync(choice, OpenBrowser, cancellationToken);
}

bool OpenBrowser(Uri page) => WebBrowser.TryOpen(page, Environment.GetEnvironmentVariable);

PosixSignalRegistration On(PosixSignal signal, int code) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    if (signal == PosixSignal.SIGHUP && Volatile.Read(ref isHangUpIgnored))
        return;
    signalCode = code;
    ending.Cancel();
});
