using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.Hosting;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Looks at the membership table's version: whether this process still reaches the table (rule I6: one that does not shows nothing to
/// viewers), and when a silo joined, left or died. Reads the row by its stored form, which is Orleans' own, whoever wrote it.
/// </summary>
internal sealed partial class ClusterWatch(AzureTablesConnection connection, IOptions<StorageOptions> storage, IOptions<SiloOptions> silo, TimeProvider time, ILogger<ClusterWatch> logger)
    : BackgroundService
{
    /// <summary>A process that has not reached the table for so long may be one that the others have declared dead.</summary>
    public static readonly TimeSpan TouchLasts = TimeSpan.FromSeconds(10);

    /// <summary>Output of a lost silo's sessions pauses until its death is seen here; one small read each time.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>A look takes milliseconds; one that hangs must not keep the next ones from finding storage back.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);

    private const string VersionRow = "VersionRow";
    private const string VersionName = "MembershipVersion";

    private readonly TableClient table = connection.CreateClient(client => client.Retry.MaxRetries = 0).GetTableClient(storage.Value.Tables.Membership);
    private CancellationTokenSource changed = new();
    private string? version;
    private bool hasJustChanged;
    private long touchedAt = time.GetTimestamp() - ((long)TouchLasts.TotalSeconds * time.TimestampFrequency);

    /// <summary>The table was reached within <see cref="TouchLasts"/>.</summary>
    public bool IsInTouch => time.GetElapsedTime(Volatile.Read(ref touchedAt)) < TouchLasts;

    /// <summary>Cancelled when the cluster changes after this was asked for, and once more a look later.</summary>
    public CancellationToken Changed => Volatile.Read(ref changed).Token;

    /// <summary>
    /// The answer to a call that may be repeated. When the cluster changes meanwhile it is asked again at once: a silo that died
    /// answers nothing, and its callers would wait for their timeout.
    /// </summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            var change = Changed;
            try
            {
                return await call().WaitAsync(change);
            }
            catch (OperationCanceledException) when (change.IsCancellationRequested)
            {
                // Asked again, now of whoever is there.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var wasInTouch = IsInTouch;
        var askedAt = time.GetTimestamp();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(LookLimit);
            var seen = await ReadAsync(limit.Token);
            Volatile.Write(ref touchedAt, askedAt);
            Tell(seen);
            if (!wasInTouch && version is not null)
                LogInTouch(seen);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested && TableProblem.Of(exception) is not null)
        {
            if (wasInTouch && !IsInTouch)
                LogOutOfTouch(exception, TouchLasts.TotalSeconds);
        }
    }

    /// <summary>The version; empty when no silo has ever joined.</summary>
    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.GetEntityAsync<TableEntity>(silo.Value.ClusterId, VersionRow, [VersionName], cancellationToken);
            return Convert.ToString(row.Value[VersionName], CultureInfo.InvariantCulture) ?? "";
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == Azure.Data.Tables.Models.TableErrorCode.ResourceNotFound)
        {
            return "";
        }
    }

    /// <summary>
    /// Twice for each change: silos read the same table, some a little later than this, and a call that was passed to a dead one
    /// meanwhile is answered no sooner.
    /// </summary>
    private void Tell(string seen)
    {
        var isChange = version is not null && version != seen;
        if (isChange || hasJustChanged)
            Interlocked.Exchange(ref changed, new CancellationTokenSource()).Cancel();
        (version, hasJustChanged) = (seen, isChange);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The membership table is in reach (version {Version})")]
    private partial void LogInTouch(string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "The membership table was not reached for {Seconds:F0} seconds: nothing is shown to viewers until it is. Agents' output is still taken.")]
    private partial void LogOutOfTouch(Exception exception, double seconds);
}
