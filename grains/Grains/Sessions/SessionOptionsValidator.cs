using Microsoft.Extensions.Options;
using OrleansKd.Contracts;

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
        _ when options.AnnounceClosedAfter <= TimeSpan.Zero => Fail(nameof(options.AnnounceClosedAfter), options.AnnounceClosedAfter, "set it to more than 0."),
        _ when options.TerminateClosedAfter <= options.AnnounceClosedAfter => Fail(nameof(options.TerminateClosedAfter), options.TerminateClosedAfter,
            $"set it to more than {nameof(options.AnnounceClosedAfter)}, {options.AnnounceClosedAfter}: the host needs time to keep the session."),
        _ when options.TerminateClosedAfter > SessionOptions.LongestTime => Fail(nameof(options.TerminateClosedAfter), options.TerminateClosedAfter, $"{SessionOptions.LongestTime} is the most."),
        _ when options.DeleteTerminatedAfter < Limits.TerminatedVisibleToClients => Fail(nameof(options.DeleteTerminatedAfter), options.DeleteTerminatedAfter,
            $"set it to {Limits.TerminatedVisibleToClients} or more: so long its clients see a terminated session."),
        _ when options.DeleteTerminatedAfter > SessionOptions.LongestTime => Fail(nameof(options.DeleteTerminatedAfter), options.DeleteTerminatedAfter, $"{SessionOptions.LongestTime} is the most."),
        _ when options.TidyEvery < SessionOptions.ShortestTidying || options.TidyEvery > SessionOptions.LongestTidying => Fail(nameof(options.TidyEvery), options.TidyEvery,
            $"set it to {SessionOptions.ShortestTidying} up to {SessionOptions.LongestTidying}."),
        _ => ValidateOptionsResult.Success,
    };

    private static ValidateOptionsResult Fail(string option, TimeSpan value, string advice) => ValidateOptionsResult.Fail($"OrleansKd:Sessions:{option} is {value}; {advice}");
}
