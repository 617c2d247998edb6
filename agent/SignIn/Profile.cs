namespace OrleansKd.Agent.SignIn;

/// <summary>What is remembered about one user's sign-ins, one for each server.</summary>
public sealed record Profile
{
    /// <summary>The server that is used when none is named.</summary>
    public Uri? DefaultServer { get; init; }

    /// <summary>Sign-ins by server: <see cref="KeyOf"/> its address.</summary>
    public Dictionary<string, ServerSignIn> Servers { get; init; } = [];

    /// <summary>Scheme, host and port, without a closing slash, so that two spellings of one server meet.</summary>
    public static string KeyOf(Uri server) => server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    /// <summary>The sign-in for <paramref name="server"/>, null when there is none.</summary>
    public ServerSignIn? For(Uri server) =>
        Servers.FirstOrDefault(item => Uri.TryCreate(item.Key, UriKind.Absolute, out var key) && KeyOf(key) == KeyOf(server)).Value;

    /// <summary>A copy in which <paramref name="server"/> has this sign-in; the first server becomes the default one.</summary>
    public Profile With(Uri server, ServerSignIn signIn)
    {
        var servers = Others(server);
        servers[KeyOf(server)] = signIn;
        return this with { DefaultServer = DefaultServer ?? server, Servers = servers };
    }

    /// <summary>A copy without a sign-in for <paramref name="server"/>; it stays the default one if it was.</summary>
    public Profile Without(Uri server) => this with { Servers = Others(server) };

    internal Profile Each(Func<string, ServerSignIn, ServerSignIn> change) => this with { Servers = Servers.ToDictionary(item => item.Key, item => change(item.Key, item.Value)) };

    private Dictionary<string, ServerSignIn> Others(Uri server) => Servers
        .Where(item => !Uri.TryCreate(item.Key, UriKind.Absolute, out var key) || KeyOf(key) != KeyOf(server))
        .ToDictionary(item => item.Key, item => item.Value);
}

/// <summary>Tokens for one server.</summary>
public sealed record ServerSignIn
{
    /// <summary>The OpenID Connect authority that issued the tokens.</summary>
    public required Uri Authority { get; init; }

    public required string ClientId { get; init; }

    public required string AccessToken { get; init; }

    /// <summary>When the access token ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Gets the next access token; without one, the user signs in again at the end of this one.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>On disk, where the platform has a keychain: the tokens, encrypted. In memory: they are, and their key can't be had.</summary>
    public string? Sealed { get; init; }

    /// <summary>Without the tokens, so that no log or message shows them.</summary>
    public override string ToString() => $"{ClientId} at {Authority}, until {ExpiresAt:u}";
}
