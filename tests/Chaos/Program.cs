using System.CommandLine;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrleansKd.Chaos.Flood;
using OrleansKd.Chaos.Kills;
using OrleansKd.Chaos.Live;

var seed = new Option<int>("--seed") { Description = "Repeats a run's plan and output.", DefaultValueFactory = _ => RandomNumberGenerator.GetInt32(int.MaxValue) };
var kills = new Option<int>("--kills") { Description = "How often the owner is killed.", DefaultValueFactory = _ => 200 };
var silos = new Option<int>("--silos") { Description = "How many silos there are." };
var rate = new Option<int>("--bytes-per-second") { Description = "What the program prints.", DefaultValueFactory = _ => 100_000 };

var killing = new Command("kills", "Kills the silo that owns a session, at every phase, and compares every byte.") { kills, seed, silos, rate };
killing.SetAction((parsed, _) => RunAsync(async cancellation =>
{
    var options = new KillOptions(parsed.GetValue(kills), parsed.GetValue(seed), Math.Max(1, parsed.GetValue(silos)), parsed.GetValue(rate));
    Console.WriteLine((await KillRun.RunAsync(options, Log, cancellation)).ToJson());
}));

var minutes = new Option<double>("--minutes") { Description = "How long the flood lasts.", DefaultValueFactory = _ => 10 };
var flooding = new Command("flood", "Sessions print as fast as they can; no silo may be suspected or declared dead.") { minutes, seed, silos };
flooding.SetAction((parsed, _) => RunAsync(async cancellation =>
{
    var options = new FloodOptions(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(silos) is > 0 and var count ? count : 3, parsed.GetValue(seed));
    Console.WriteLine((await FloodRun.RunAsync(options, Log, cancellation)).ToJson());
}));

var living = new Command("live", "Followers of one session through random kills, stops and cuts; every byte is compared.") { minutes, seed, silos, rate };
living.SetAction((parsed, _) => RunAsync(async cancellation =>
{
    var options = new LiveOptions(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), parsed.GetValue(silos) is > 0 and var count ? count : 2, parsed.GetValue(rate));
    Console.WriteLine((await LiveRun.RunAsync(options, Log, cancellation)).ToJson());
}));
return await new RootCommand("Chaos for OrleansKd: real processes, killed and flooded.") { killing, flooding, living }.Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static void Log(string line) => Console.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {line}");

// Whatever ends this program, the processes that it started end with it.
static async Task<int> RunAsync(Func<CancellationToken, Task> run)
{
    using var ending = new CancellationTokenSource();
    void End(PosixSignalContext context)
    {
        context.Cancel = true;
        ending.Cancel();
    }
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    try
    {
        await run(ending.Token);
        return 0;
    }
    catch (Exception problem)
    {
        await Console.Error.WriteLineAsync($"FAILED {problem}");
        return 1;
    }
}
