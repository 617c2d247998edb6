namespace OrleansKd.Contracts;

/// <summary>What a service token allows at most; its user's permissions and a session's rules hold besides. Stored by number.</summary>
public enum TokenRight
{
    /// <summary>Sees what its user sees: lists, sessions, transcripts as they come. Changes nothing, but that its user has opened what is read; is nobody's presence.</summary>
    Read = 1,

    /// <summary>Also what its user may do with sessions, and to be the user's agent.</summary>
    Host = 2,
}

/// <summary>Asks for a service token of the caller's.</summary>
/// <param name="Name">What it is for: 1 to 100 characters, the caller's own words.</param>
/// <param name="Right">Missing: refused.</param>
/// <param name="Computer">The one computer to whose sessions it is limited; null: no limit.</param>
/// <param name="Days">How long it lasts: 1 to <see cref="Limits.TokenDays"/>; null: <see cref="Limits.TokenDaysByDefault"/>.</param>
public sealed record MakeTokenRequest(string? Name, TokenRight? Right, string? Computer = null, int? Days = null);

/// <summary>A token that was made.</summary>
/// <param name="Token">The only time it is told.</param>
public sealed record MadeToken(string Token, TokenSummary Summary);

/// <summary>A service token, without what proves it.</summary>
/// <param name="Id">By which it is revoked; also what stands between the dots of the token.</param>
public sealed record TokenSummary(string Id, string Name, TokenRight Right, string? Computer, DateTimeOffset MadeAt, DateTimeOffset ExpiresAt, bool IsExpired);

/// <summary>The text of service tokens, for those who carry one.</summary>
public static class TokenText
{
    /// <summary>Begins every service token, so that programs and people who look for secrets know one when they see it.</summary>
    public const string Prefix = "okd_";
}
