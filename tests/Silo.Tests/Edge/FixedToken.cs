using OrleansKd.Agent.SignIn;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>The one token of a test's client.</summary>
internal sealed class FixedToken(string token) : IAccessTokens
{
    public Task<string> GetAccessTokenAsync(CancellationToken cancellationToken) => Task.FromResult(token);

    public void Forget(string accessToken)
    {
        // There is no other.
    }
}
