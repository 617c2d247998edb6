using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>A service token from the environment, where a program has no other place for a secret.</summary>
public sealed class GivenToken : IAccessTokens
{
    /// <summary>The environment variable that holds one.</summary>
    public const string Variable = "ORLEANSKD_TOKEN";

    private readonly string token;

    /// <exception cref="ProblemException">It is no service token.</exception>
    public GivenToken(string token)
    {
        this.token = token.Trim();
        if (!this.token.StartsWith(TokenText.Prefix, StringComparison.Ordinal) || this.token.Any(c => c is <= ' ' or > '~'))
            throw new ProblemException(ProblemCodes.NotSignedIn, $"not signed in: {Variable} holds no service token ({TokenText.Prefix}…). Set it to what 'orleanskd tokens make' printed, or unset it to use your sign-in.");
    }

    /// <inheritdoc/>
    public Task<string> GetAccessTokenAsync(CancellationToken cancellationToken) => Task.FromResult(token);

    /// <inheritdoc/>
    public void Forget(string accessToken)
    {
        // There is no other.
    }

    /// <summary>Without it, so that no log or message shows it.</summary>
    public override string ToString() => Variable;
}
