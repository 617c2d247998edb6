using Microsoft.Extensions.Options;

namespace OrleansKd.Grains.Mail;

/// <summary>Section <c>OrleansKd:Mail:Outbox</c>: how patiently mail is repeated that the mail server does not take.</summary>
public sealed class MailOutboxOptions
{
    /// <summary>After the first attempt; each later pause is twice as long.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A mail server that was away gets what waited within this time.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How often a reminder looks after what waits, whatever happened to the silo that waited. Not less than a minute, which is
    /// Orleans' shortest (<c>ReminderOptions.MinimumReminderPeriod</c>).
    /// </summary>
    public TimeSpan ReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>Says at start which option is wrong and what to set.</summary>
public sealed class MailOutboxOptionsValidator : IValidateOptions<MailOutboxOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, MailOutboxOptions options)
    {
        List<string> failures = [];
        if (options.FirstPause <= TimeSpan.Zero || options.LongestPause < options.FirstPause || options.LongestPause > Longest)
            failures.Add($"OrleansKd:Mail:Outbox:FirstPause ({options.FirstPause}) must be positive and no longer than :LongestPause ({options.LongestPause}), and that at most {Longest}.");
        if (options.ReminderPeriod < Shortest || options.ReminderPeriod > Longest)
            failures.Add($"OrleansKd:Mail:Outbox:ReminderPeriod is {options.ReminderPeriod}; it must be from {Shortest} to {Longest}.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
