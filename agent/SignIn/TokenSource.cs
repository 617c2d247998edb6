using Duende.IdentityModel.Client;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>
/// The signed-in user's access token for one server: the remembered one while it is valid for more than a minute, else a
/// new one from the authority, which is remembered. One refresh at a time, in this process and among all others, because an
/// authority may take a refresh token once only.
/// </summary>
public sealed class TokenSource : IAccessTokens, IDisposable
{
    /// <summary>A token with less than this left is not used any more: a request under way must not outlive it.</summary>
    public static readonly TimeSpan MinimumValidity = TimeSpan.FromSeconds(60);

    private readonly ProfileStore store;
    private readonly string profileName;
    private readonly Uri server;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private ServerSignIn? current;
    private string? refused;

    /// <param name="http">For the authority; not disposed here.</param>
    public TokenSource(ProfileStore store, string profileName, Uri server, HttpClient http, TimeProvider time)
    {
        (this.store, this.profileName, this.server, this.http, this.time) = (store, profileName, server, http, time);
    }

    /// <inheritdoc/>
    public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref current) is { } remembered && IsUsable(remembered))
            return remembered.AccessToken;
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var signIn = Load();
            if (!IsUsable(signIn))
            {
                using var all = await store.LockAsync(profileName, time, cancellationToken);
                signIn = Load();
                if (!IsUsable(signIn))
                    signIn = await RefreshAsync(signIn, cancellationToken);
            }
            Volatile.Write(ref current, signIn);
            return signIn.AccessToken;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Forget(string accessToken) => Volatile.Write(ref refused, accessToken);

    public void Dispose() => oneAtATime.Dispose();

    private bool IsUsable(ServerSignIn signIn) =>
        signIn.ExpiresAt - time.GetUtcNow() > MinimumValidity && signIn.AccessToken != Volatile.Read(ref refused);

    private ServerSignIn Load() => store.Load(profileName)?.For(server)
        ?? throw NotSignedIn($"'{store.PathOf(profileName)}' has no sign-in for {Profile.KeyOf(server)}. Sign in to it, or name another with --profile or --server.");

    private async Task<ServerSignIn> RefreshAsync(ServerSignIn signIn, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(signIn.RefreshToken))
            throw NotSignedIn($"the sign-in for {Profile.KeyOf(server)} has ended. Sign in again.");
        var discovery = await http.GetDiscoveryDocumentAsync(new DiscoveryDocumentRequest { Address = signIn.Authority.AbsoluteUri }, cancellationToken);
        if (discovery.IsError || string.IsNullOrEmpty(discovery.TokenEndpoint))
            throw Unreachable(signIn, discovery.Error ?? "it names no token endpoint");
        var answer = await http.RequestRefreshTokenAsync(
            new RefreshTokenRequest
            {
                Address = discovery.TokenEndpoint,
                ClientId = signIn.ClientId,
                ClientCredentialStyle = ClientCredentialStyle.PostBody,
                RefreshToken = signIn.RefreshToken,
            },
            cancellationToken);
        if (answer.IsError && answer.ErrorType != ResponseErrorType.Protocol)
            throw Unreachable(signIn, answer.Error ?? "no reason given");
        if (answer.IsError || string.IsNullOrEmpty(answer.AccessToken))
            throw NotSignedIn($"{signIn.Authority} did not renew the sign-in for {Profile.KeyOf(server)} ({VisibleText.From(answer.ErrorDescription ?? answer.Error ?? "no token")}). Sign in again.");
        var renewed = signIn with
        {
            AccessToken = answer.AccessToken,
            ExpiresAt = time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn),
            RefreshToken = string.IsNullOrEmpty(answer.RefreshToken) ? signIn.RefreshToken : answer.RefreshToken,
        };
        store.Save(profileName, (store.Load(profileName) ?? new Profile()).With(server, renewed));
        return renewed;
    }

    private static ProblemException NotSignedIn(string message) => new(ProblemCodes.NotSignedIn, "not signed in: " + message);

    private static ProblemException Unreachable(ServerSignIn signIn, string reason) => new(
        ProblemException.ServerUnreachable,
        $"The sign-in could not be renewed, because {signIn.Authority} did not answer as an authority ({VisibleText.From(reason)}). Check that it runs and can be reached, and try again.");
}
