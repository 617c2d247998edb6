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

    private ServerSignIn Load() => store.Load(profileName)?.For(server) is { } signIn
        ? signIn.Sealed is null ? signIn : throw NotSignedIn(
            $"the sign-in for {Profile.KeyOf(server)} is encrypted with a key in this computer's keychain, which is locked or can't be reached from here. Unlock it, call this from your desktop session, or sign in again here (orleanskd sign-in).")
        : throw NotSignedIn($"'{store.PathOf(profileName)}' has no sign-in for {Profile.KeyOf(server)}. Sign in to it (orleanskd sign-in), or name another with --profile or --server.");

    private async Task<ServerSignIn> RefreshAsync(ServerSignIn signIn, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(signIn.RefreshToken))
            throw NotSignedIn($"the sign-in for {Profile.KeyOf(server)} has ended. Sign in again (orleanskd sign-in).");
        var endpoints = await AuthorityEndpoints.ReadAsync(http, signIn.Authority, cancellationToken);
        var answer = await http.RequestRefreshTokenAsync(
            new RefreshTokenRequest
            {
                Address = endpoints.Token,
                ClientId = signIn.ClientId,
                ClientCredentialStyle = ClientCredentialStyle.PostBody,
                RefreshToken = signIn.RefreshToken,
            },
            cancellationToken);
        if (answer.IsError && answer.ErrorType != ResponseErrorType.Protocol)
            throw AuthorityEndpoints.Unreachable(signIn.Authority, answer.Error ?? "no reason given");
        if (answer.IsError || string.IsNullOrEmpty(answer.AccessToken))
            throw NotSignedIn($"{signIn.Authority} did not renew the sign-in for {Profile.KeyOf(server)} ({VisibleText.From(answer.ErrorDescription ?? answer.Error ?? "no token")}). Sign in again (orleanskd sign-in).");
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
}
