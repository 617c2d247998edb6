using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Grains.Organizations;
using OrleansKd.Silo.Organizations;

namespace OrleansKd.Silo.Hosting;

/// <summary>Runs the program, or says in one message why it can't and what to do.</summary>
internal static partial class Start
{
    private const int Refused = 1;

    /// <summary>The exit code.</summary>
    public static async Task<int> RunOrExplainAsync(this WebApplication app)
    {
        await using (app)
        {
            try
            {
                app.Services.GetService<IStartupValidator>()?.Validate();
                OrganizationCheck.Validate(app.Services.GetRequiredService<IOptions<OrganizationOptions>>().Value);
                await app.Services.GetRequiredService<StorageTables>()
                    .Open(app.Services.GetRequiredService<IOptions<StorageOptions>>().Value.StartLimit, app.Lifetime.ApplicationStopping);
            }
            catch (Exception exception) when (exception is StorageException or OptionsValidationException)
            {
                LogRefused(app.Logger, exception.Message);
                LogCause(app.Logger, exception);
                return Refused;
            }
            await app.RunAsync();
            return 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "OrleansKd does not start. {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The cause in full")]
    private static partial void LogCause(ILogger logger, Exception exception);
}
