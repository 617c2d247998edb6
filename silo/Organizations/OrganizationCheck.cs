using Microsoft.Extensions.Options;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Organizations;

namespace OrleansKd.Silo.Organizations;

/// <summary>
/// Looks at the configured organizations: at start a mistake ends the program with what to do; a mistake in settings that change later is
/// logged, and everything goes on with the first organization that fits. When nobody at all is an administrator it says how to name one
/// (rule A3).
/// </summary>
internal sealed partial class OrganizationCheck(
    IOptionsMonitor<OrganizationOptions> options, IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OrganizationCheck> logger) : BackgroundService
{
    /// <summary>The cluster may not answer in its first moments.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <exception cref="OptionsValidationException">Says what is wrong and what to do.</exception>
    public static void Validate(OrganizationOptions options)
    {
        if (OrganizationDirectory.Check(options) is { Count: > 0 } wrong)
            throw new OptionsValidationException(nameof(OrganizationOptions.Organizations), typeof(OrganizationOptions), wrong);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watching = options.OnChange(changed => Tell(OrganizationDirectory.Check(changed)));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var starting = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        while (await LookAsync() is not { } hasAdministrator || !Conclude(hasAdministrator))
            await Task.Delay(Retry, time, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
    }

    /// <summary>Null: it can't be told now.</summary>
    private async Task<bool?> LookAsync()
    {
        try
        {
            var answers = await Task.WhenAll(options.CurrentValue.Organizations.Select(organization => grains.Organization(OrganizationDirectory.IdOf(organization)).HasAdministrator()));
            return answers.Contains(true);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotKnown(exception);
            return null;
        }
    }

    private bool Conclude(bool hasAdministrator)
    {
        if (!hasAdministrator)
            LogNoAdministrator();
        return true;
    }

    private void Tell(IReadOnlyList<string> wrong)
    {
        foreach (var sentence in wrong)
            LogWrong(sentence);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody administers any organization of this server, so nobody can approve permissions. Name somebody: set OrleansKd:Organizations:0:Name, :Domains:0 and :Administrators:0 (an e-mail address) in the settings file; that person then signs in with that address.")]
    private partial void LogNoAdministrator();

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed settings are wrong: {Reason}")]
    private partial void LogWrong(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Whether anybody is an administrator can't be told yet; it is looked at again.")]
    private partial void LogNotKnown(Exception exception);
}
