using Microsoft.Extensions.Options;
using OrleansKd.Mail;
using OrleansKd.SignIn.Attempts;

namespace OrleansKd.SignIn.Hosting;

/// <summary>Says at start which setting is wrong and what to set.</summary>
internal sealed class SignInOptionsValidator(IConfiguration configuration) : IValidateOptions<SignInOptions>
{
    public ValidateOptionsResult Validate(string? name, SignInOptions options)
    {
        List<string> failures = [.. ListenRules.ProblemsOf(ListenRules.UrlsIn(configuration), options)];
        if (options.Data.Length == 0)
            failures.Add("OrleansKd:SignIn:Data is not set; name the folder for keys and tokens (--data DIR).");
        if (options.Domains.Length == 0)
            failures.Add("OrleansKd:SignIn:Domains is empty, so nobody could sign in. Name mail domains or addresses, or '*' for anybody who can read mail.");
        foreach (var entry in options.Domains.Where(entry => entry is not "*" && !EmailAddress.IsDomain(entry) && EmailAddress.TryParse(entry) is null))
            failures.Add($"OrleansKd:SignIn:Domains names '{entry}', which is neither a mail domain nor an address.");
        if (string.IsNullOrWhiteSpace(options.Audience))
            failures.Add("OrleansKd:SignIn:Audience is empty; set it to the silos' OrleansKd:Auth:Audience.");
        foreach (var (setting, value) in Durations(options).Where(one => one.Value <= TimeSpan.Zero))
            failures.Add($"OrleansKd:SignIn:{setting} is {value}; it must be longer than nothing.");
        if (options.Keys.PublishedAhead >= options.Keys.Period)
            failures.Add($"OrleansKd:SignIn:Keys:PublishedAhead ({options.Keys.PublishedAhead}) must be shorter than :Period ({options.Keys.Period}).");
        if (options.Limits is { FormsPerMinute: < 1 } or { MailsPerHour: < 1 } or { MailsPerAddressAndHour: < 1 } or { DevicesPerMinute: < 1 } or { TokensPerMinute: < 1 })
            failures.Add("OrleansKd:SignIn:Limits must all be at least 1.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<(string Setting, TimeSpan Value)> Durations(SignInOptions options) =>
    [
        (nameof(options.AccessTokenLifetime), options.AccessTokenLifetime),
        (nameof(options.RefreshTokenLifetime), options.RefreshTokenLifetime),
        (nameof(options.DeviceCodeLifetime), options.DeviceCodeLifetime),
        (nameof(options.MailCodeLifetime), options.MailCodeLifetime),
        (nameof(options.PollInterval), options.PollInterval),
        ("Keys:Period", options.Keys.Period),
        ("Keys:PublishedAhead", options.Keys.PublishedAhead),
        ("Keys:Look", options.Keys.Look),
    ];
}

/// <summary>Without mail nobody can prove who they are.</summary>
internal sealed class CodeMailOptionsValidator : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (options.Kind is MailTransport.None)
            return ValidateOptionsResult.Fail("OrleansKd:Mail:Transport is None, but people prove by a mail who they are. Set it to Smtp (or, on one machine, Pickup).");
        var failures = MailOptionsRules.ProblemsOf(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
