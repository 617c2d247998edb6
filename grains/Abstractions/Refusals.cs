using OrleansKd.Contracts;

namespace OrleansKd.Grains.Abstractions;

/// <summary>Refusals that more than one place gives, word for word the same.</summary>
public static class Refusals
{
    /// <summary>The one answer for a session that does not exist and for one that the caller may not see.</summary>
    public static Refusal SessionNotFound { get; } = new(ProblemCodes.SessionNotFound,
        "There is no such session, or you are not invited to it. 'orleanskd sessions list' shows yours.");

    /// <summary>For somebody who could see the session a moment ago.</summary>
    public static Refusal NotInvitedAnyMore { get; } = new(ProblemCodes.SessionNotFound,
        "You are not invited to this session any more: its host revoked the invitation, or you left it. Ask the host to invite you again.");

    /// <summary>With a service token for one computer nothing is done on another.</summary>
    public static Refusal OtherComputer(string only) => new(ProblemCodes.TokenScope,
        $"This service token is for {VisibleText.From(only)} only. Name that computer, or make another token ('orleanskd tokens make').");

    /// <summary>A silo or the storage does not answer now; nothing is known to be lost.</summary>
    public static Refusal Unavailable { get; } = new(ProblemCodes.Unavailable, "The server can't answer now. Try again in a moment.");
}
