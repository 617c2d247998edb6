namespace OrleansKd.Local;

/// <summary>
/// Azurite rewrites its whole database as one JSON file and dies when that reaches about 512 MB: so people are warned long
/// before, and new sessions are refused while there is still room for those that run.
/// </summary>
internal sealed class StorageWatch(DataFolder data)
{
    private const long MegaByte = 1024 * 1024;
    private const long WarnAtBytes = 200 * MegaByte;
    private const long RefuseAtBytes = 300 * MegaByte;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private const string Remedy =
        "Save what you need with 'orleanskd sessions export ID --format text -o FILE', stop this, and delete the folder to begin anew: ";

    public async Task RunAsync(CancellationToken ending)
    {
        var (hasWarned, refuses) = (false, false);
        using var timer = new PeriodicTimer(Every);
        try
        {
            do
            {
                var bytes = SizeOf(data.Azurite);
                if (bytes >= WarnAtBytes && !hasWarned)
                    await Console.Error.WriteLineAsync($"orleanskd local: the tables take {bytes / MegaByte} MB; at {RefuseAtBytes / MegaByte} MB no new session is made. {Remedy}{data.Azurite}");
                hasWarned |= bytes >= WarnAtBytes;
                if (bytes >= RefuseAtBytes != refuses)
                {
                    refuses = !refuses;
                    data.WriteSettings(refuses ? $"The local storage holds {bytes / MegaByte} MB; {RefuseAtBytes / MegaByte} MB is its limit. {Remedy}{data.Azurite}" : null);
                }
            }
            while (await timer.WaitForNextTickAsync(ending));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            // Azurite replaces its file while this looks; the next look tells.
            return 0;
        }
    }
}
