using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>For scripts: an access token in a file, which is read again each time.</summary>
public sealed class TokenFile(string path) : IAccessTokens
{
    /// <inheritdoc/>
    public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ProblemCodes.NotSignedIn, $"not signed in: the token file '{path}' can't be read: {problem.Message}", problem);
        }
    }

    /// <inheritdoc/>
    public void Forget(string accessToken)
    {
        // The next read may find another one.
    }
}
