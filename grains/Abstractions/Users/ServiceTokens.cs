using OrleansKd.Contracts;

namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>What somebody shows who acts with a service token.</summary>
/// <param name="Hash">SHA-256 of the token's secret, in hex: the secret itself goes no further than to the process that was shown it.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.TokenProof")]
public sealed record TokenProof([property: Id(0)] string TokenId, [property: Id(1)] string Hash)
{
    public override string ToString() => TokenId;
}

/// <summary>What an action needs of a token.</summary>
/// <param name="Computer">The computer that the action is about; null when it is about none, or when the session's grain knows.</param>
/// <param name="IsOfAll">It shows what concerns every computer, so a token for one does not do.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.TokenNeed")]
public sealed record TokenNeed([property: Id(0)] TokenRight Right, [property: Id(1)] string? Computer = null, [property: Id(2)] bool IsOfAll = false)
{
    /// <summary>Nothing but that it is valid.</summary>
    public static readonly TokenNeed ToBeValid = new(TokenRight.Read);
}

/// <summary>A token to be kept; who asks has its secret.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.NewToken")]
public sealed record NewToken(
    [property: Id(0)] TokenProof Proof,
    [property: Id(1)] string Name,
    [property: Id(2)] TokenRight Right,
    [property: Id(3)] string? Computer,
    [property: Id(4)] TimeSpan Lasts);

/// <summary>A kept token, as its user sees it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.TokenView")]
public sealed record TokenView(
    [property: Id(0)] string TokenId,
    [property: Id(1)] string Name,
    [property: Id(2)] TokenRight Right,
    [property: Id(3)] string? Computer,
    [property: Id(4)] DateTimeOffset MadeAt,
    [property: Id(5)] DateTimeOffset ExpiresAt);

/// <summary>Whose token it is, and what it is limited to.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.TokenBearer")]
public sealed record TokenBearer([property: Id(0)] Account Account, [property: Id(1)] TokenView Token);
