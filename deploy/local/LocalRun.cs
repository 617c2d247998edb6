using OrleansKd.Agent.Api;
using OrleansKd.Local.Azurite;

namespace OrleansKd.Local;

/// <summary>One run of the launcher: start, wait for the client or a signal, stop.</summary>
internal static class LocalRun
{
    public static async Task<int> RunAsync(LocalOptions options, CancellationToken ending)
    {
        try
        {
            Requirements.Check(options);
            using var data = DataFolder.Open(options.DataFolder);
            if (data.MovedTo is { } before)
                await Console.Error.WriteLineAsync($"orleanskd local: {options.DataFolder} was made before there was a real sign-in; its accounts are bound to the one for tests. It is now {before}, nothing of it was changed, and a new folder begins.");
            await using var cluster = new LocalCluster(options, data);
            await Console.Error.WriteLineAsync($"Mail is written to {data.Mail}");
            Say(options, "Starting storage, sign-in, silo and agent…");
            await cluster.StartAsync(ending);
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(ending);
            var watch = new StorageWatch(data).RunAsync(watching.Token);
            var code = 0;
            if (options.IsHeadless)
            {
                Console.WriteLine($"ready {options.Server.GetLeftPart(UriPartial.Authority)}");
                await Task.Delay(Timeout.Infinite, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                code = await cluster.RunClientAsync("host", ending);
            }
            await watching.CancelAsync();
            await watch;
            Say(options, "Stopping…");
            return code;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception exception) when (exception is LocalException or AzuriteException or ProblemException)
        {
            await Console.Error.WriteLineAsync($"orleanskd local: {exception.Message}");
            return 1;
        }
    }

    private static void Say(LocalOptions options, string text)
    {
        if (!options.IsHeadless)
            Console.Error.WriteLine(text);
    }
}
