using Microsoft.Extensions.Options;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail;

/// <summary>Says at start which setting is wrong and what to set.</summary>
internal sealed class MailOptionsValidator : IValidateOptions<SiloMailOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloMailOptions options)
    {
        var failures = MailOptionsRules.ProblemsOf(options).ToList();
        if (options.Kind is null or MailTransport.None)
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        if (!Uri.TryCreate(options.ServerAddress, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http"))
            failures.Add($"OrleansKd:Mail:ServerAddress is '{options.ServerAddress}'; it must be the https address at which people reach this server: mails say how to join.");
        else if (server.Scheme is "http" && !server.IsLoopback)
            failures.Add($"OrleansKd:Mail:ServerAddress {server} has no TLS and is not on this machine. People sign in there: use https.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
