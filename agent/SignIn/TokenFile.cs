using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>For scripts and agents: a token in a file that only this user can read, which is read again each time.</summary>
public sealed class TokenFile(string path) : IAccessTokens
{
    /// <inheritdoc/>
    public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            PrivateFiles.CheckFile(path);
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

    /// <summary>Makes the file, empty and readable by this user only, before there is something to keep.</summary>
    /// <exception cref="IOException">It is there already, or can't be made.</exception>
    public static FileStream Create(string path) => PrivateFiles.Create(path);

    /// <summary>Keeps the token in a file that <see cref="Create"/> made.</summary>
    public static async Task KeepAsync(FileStream file, string token, CancellationToken cancellationToken)
    {
        await file.WriteAsync(Encoding.UTF8.GetBytes(token + "\n"), cancellationToken);
        await file.FlushAsync(cancellationToken);
    }
}
