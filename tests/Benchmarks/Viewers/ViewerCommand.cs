using System.CommandLine;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks.Viewers;

/// <summary>
/// <c>viewer</c>: one follower as a process of its own, over the typed client that people's terminals use. It looks at each page the moment
/// the client hands it over, and writes lines: <c>ready NS</c>; <c>stamp WORDS… NS</c> for each line of output that begins with
/// <c>--stamp</c> (with <c>--keep-stamps</c> all of them at the end); <c>done NS LINES IN_ORDER</c> when <c>end</c> comes after numbered lines; <c>durable NS SEQUENCE HASH</c> when that is
/// durable, with the hash of all entries up to it as this viewer ended up with them, rewinds included (<see cref="TranscriptHash"/>);
/// <c>page NS BYTES</c> for the first page; <c>joining NS</c> and <c>screen NS BYTES</c> with <c>--after-session</c>; <c>through NS SEQUENCE</c> when <c>--through</c> is reached; <c>rewound NS SEQUENCE</c>.
/// </summary>
internal static class ViewerCommand
{
    public const string TokenVariable = "ORLEANSKD_BENCHMARK_TOKEN";

    public static Command Create()
    {
        var server = new Option<string>("--server") { Required = true };
        var session = new Option<string>("--session") { Required = true };
        var stamp = new Option<string?>("--stamp");
        var through = new Option<long>("--through") { DefaultValueFactory = _ => long.MaxValue };
        var durable = new Option<bool>("--durable-only");
        var before = new Option<string?>("--after-session");
        var keep = new Option<bool>("--keep-stamps");
        var command = new Command("viewer", "One follower of a benchmark.") { server, session, stamp, through, durable, before, keep };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var token = new FixedToken(Environment.GetEnvironmentVariable(TokenVariable) ?? throw new InvalidOperationException($"{TokenVariable} is not set."));
            await using var follower = new SessionFollower(new Uri(parsed.GetRequiredValue(server)), token, TimeProvider.System);
            using var last = new SessionsClient(new Uri(parsed.GetRequiredValue(server)), token);
            var joining = Task.CompletedTask;
            if (parsed.GetValue(before) is { } small)
            {
                await ShowLastScreenAsync(last, small, tell: false, cancellationToken);
                await foreach (var update in follower.Follow(small, 0, durableOnly: false, cancellationToken))
                {
                    if (update is TranscriptUpdate.Page)
                        break;
                }
                Console.Out.WriteLine($"joining {Clock.Now}");
                // Beside the follower, as the terminal client does it.
                joining = ShowLastScreenAsync(last, parsed.GetRequiredValue(session), tell: true, cancellationToken);
            }
            var watch = new ViewerWatch(parsed.GetValue(stamp), parsed.GetValue(through), parsed.GetValue(keep), Console.Out);
            try
            {
                await foreach (var update in follower.Follow(parsed.GetRequiredValue(session), 0, parsed.GetValue(durable), cancellationToken))
                    watch.Take(update, Clock.Now);
                await joining;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The benchmark has seen enough.
            }
            catch (ProblemException problem)
            {
                Console.Out.WriteLine($"refused {problem.Code} {Clock.Now}");
            }
            return 0;
        });
        return command;
    }

    /// <summary>What a terminal client shows first.</summary>
    private static async Task ShowLastScreenAsync(SessionsClient api, string session, bool tell, CancellationToken cancellationToken)
    {
        var page = await api.GetTranscriptBeforeAsync(session, long.MaxValue, cancellationToken);
        if (tell)
            Console.Out.WriteLine($"screen {Clock.Now} {page.Entries.Sum(entry => (long)entry.Data.Length)}");
    }
}
