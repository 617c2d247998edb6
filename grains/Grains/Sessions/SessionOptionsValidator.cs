using Microsoft.Extensions.Options;

namespace OrleansKd.Grains.Sessions;

/// <summary>Says at start which option is wrong and what to set.</summary>
public sealed class SessionOptionsValidator : IValidateOptions<SessionOptions>
{
    public ValidateOptionsResult Validate(string? name, SessionOptions options) => options switch
    {
        { TranscriptLimitBytes: < SessionOptions.SmallestTranscriptLimitBytes } => ValidateOptionsResult.Fail(
            $"OrleansKd:Sessions:{nameof(options.TranscriptLimitBytes)} is {options.TranscriptLimitBytes}; set it to {SessionOptions.SmallestTranscriptLimitBytes} or more."),
        _ when options.LeftAfter < Presence.Lease => ValidateOptionsResult.Fail(
            $"OrleansKd:Sessions:{nameof(options.LeftAfter)} is {options.LeftAfter}; set it to {Presence.Lease} or more: a window that is cut off needs that long to be back."),
        _ => ValidateOptionsResult.Success,
    };
}
