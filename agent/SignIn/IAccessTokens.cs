namespace OrleansKd.Agent.SignIn;

/// <summary>Where a connection gets the bearer token of its user.</summary>
public interface IAccessTokens
{
    /// <summary>A token that is valid for at least the next minute.</summary>
    /// <exception cref="Api.ProblemException">Nobody is signed in, or the authority can't be reached.</exception>
    Task<string> GetAccessTokenAsync(CancellationToken cancellationToken);

    /// <summary>The server refused this token: the next call looks for another one.</summary>
    void Forget(string accessToken);
}
