using Microsoft.Extensions.Options;

namespace OrleansKd.Grains.Sessions;

/// <summary>Says at start which option is wrong and what to set.</summary>
public sealed class SessionOptionsValidator : IValidateOptions<SessionOptions>
{
    public ValidateOptionsResult Validate(string? name, SessionOptions options) => options.TranscriptLimitBytes < SessionOptions.SmallestTranscriptLimitBytes
        ? ValidateOptionsResult.Fail(
            $"OrleansKd:Sessions:{nameof(options.TranscriptLimitBytes)} is {options.TranscriptLimitBytes}; set it to {SessionOptions.SmallestTranscriptLimitBytes} or more.")
        : ValidateOptionsResult.Success;
}
