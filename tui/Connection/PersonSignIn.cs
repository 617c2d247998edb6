using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Connection;

/// <summary>Signs a person in to one server, by a code that they enter in a browser anywhere, and out (rule A5): the same for client and command line.</summary>
internal sealed class PersonSignIn(Uri server, DeviceSignIn device, RememberedSignIn remembered)
{
    public Uri Server => server;

    /// <summary>The file that a sign-in is kept in.</summary>
    public string File => remembered.File;

    /// <summary>From the code to the sign-in that is kept.</summary>
    /// <param name="show">Called once, with what the person needs.</param>
    /// <exception cref="ProblemException">The server or its authority can't be reached, or they, or the person, refused.</exception>
    public async Task<SignedIn> RunAsync(Action<DeviceSignInRequest> show, CancellationToken cancellationToken)
    {
        var request = await device.BeginAsync(await device.DescribeAsync(server, cancellationToken), Environment.MachineName, cancellationToken);
        show(request);
        var signIn = await device.WaitAsync(request, cancellationToken);
        var me = await AccountOf(signIn, cancellationToken);
        return new(me, await remembered.KeepAsync(signIn, cancellationToken));
    }

    /// <summary>From now on this server is the profile's when none is named.</summary>
    public Task PreferAsync(CancellationToken cancellationToken) => remembered.PreferAsync(cancellationToken);

    /// <summary>Forgets the sign-in, and takes it back at its authority.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<SignedOut> EndAsync(CancellationToken cancellationToken)
    {
        if (await remembered.ForgetAsync(cancellationToken) is not { } signIn)
            throw new ProblemException(ProblemCodes.NotSignedIn, $"not signed in: there is no sign-in for {server} to forget.");
        return new(signIn, await device.RevokeAsync(signIn, cancellationToken));
    }

    /// <summary>A sign-in that the server does not take is not kept: somebody else may have the account of that address (rule A1).</summary>
    private async Task<AccountSummary> AccountOf(ServerSignIn signIn, CancellationToken cancellationToken)
    {
        using var sessions = new SessionsClient(server, new OneToken(signIn.AccessToken));
        try
        {
            return await sessions.GetMeAsync(cancellationToken);
        }
        catch (ProblemException problem) when (problem.Code is ProblemCodes.NotSignedIn or ProblemCodes.NotPermitted)
        {
            await device.RevokeAsync(signIn, CancellationToken.None);
            throw;
        }
    }

    private sealed class OneToken(string token) : IAccessTokens
    {
        public Task<string> GetAccessTokenAsync(CancellationToken cancellationToken) => Task.FromResult(token);

        public void Forget(string accessToken)
        {
            // There is no other.
        }
    }
}

/// <param name="IsEncrypted">The sign-in is, where it is kept; else only the file's mode keeps others from it.</param>
internal sealed record SignedIn(AccountSummary Me, bool IsEncrypted);

/// <param name="Problem">Why it could not be taken back at its authority; null: it was.</param>
internal sealed record SignedOut(ServerSignIn SignIn, string? Problem)
{
    /// <summary>For a person who may have to do something about it; null: nothing.</summary>
    public string? Warning => Problem is null ? null
        : $"The sign-in is forgotten on this computer, but it could not be taken back at {SignIn.Authority} ({Problem}). Should somebody have a copy of it, it is good until it ends by itself.";
}
