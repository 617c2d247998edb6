using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Grains;

/// <summary>Keys by which callers name their requests (<see cref="RequestHeaders.IdempotencyKey"/>). Pure.</summary>
internal static class RequestKeys
{
    public static Refusal? Check(string key) => key.Length is 0 or > Limits.RequestKeyLength || key.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0
        ? new Refusal(ProblemCodes.InvalidRequest, $"An {RequestHeaders.IdempotencyKey} has 1 to {Limits.RequestKeyLength} visible ASCII characters, such as those of a new GUID.")
        : null;

    public static Refusal Reused { get; } = new(ProblemCodes.IdempotencyKeyReused,
        $"This {RequestHeaders.IdempotencyKey} named another request of yours. Nothing was done; give each request a key of its own.");
}
