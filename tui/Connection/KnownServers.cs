using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Tui.Connection;

/// <summary>A server as the user of one profile; without a server, the profile's default one.</summary>
internal sealed record ServerChoice(string Profile, Uri? Server);

/// <summary>The servers that this user's profiles know, and how they are opened.</summary>
internal sealed class KnownServers(ProfileStore store, Func<string, string?> environment, TimeProvider time)
{
    /// <exception cref="ProblemException"><see cref="ServerConnection.Open"/>.</exception>
    public ServerConnection Open(ServerChoice choice) => ServerConnection.Open(store, choice.Profile, choice.Server, time);

    /// <summary>The server that the choice stands for; null: none is named.</summary>
    /// <exception cref="ProblemException">The profile can't be read.</exception>
    public Uri? ServerOf(ServerChoice choice) => choice.Server ?? store.Load(choice.Profile)?.DefaultServer;

    /// <summary>There is a sign-in, which may have ended, or a service token of the environment.</summary>
    /// <exception cref="ProblemException">The profile can't be read.</exception>
    public bool HasSignIn(ServerChoice choice) =>
        environment(GivenToken.Variable) is { Length: > 0 } || (ServerOf(choice) is { } server && store.Load(choice.Profile)?.For(server) is not null);

    /// <summary>Every sign-in of every profile; profiles that can't be read are left out.</summary>
    public IReadOnlyList<ServerChoice> All() => [.. store.Names().SelectMany(ServersOf)];

    /// <summary>What a person typed, as a server's address: <c>https://</c> is understood. Null: it is none.</summary>
    public static Uri? Parse(string typed)
    {
        var text = typed.Trim();
        if (text.Length == 0 || text.Any(c => c is <= ' ' or '\\'))
            return null;
        return Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text, UriKind.Absolute, out var server)
            && server.Scheme is "https" or "http" && server.Host.Length > 0 && server.UserInfo.Length == 0
            ? server
            : null;
    }

    private IEnumerable<ServerChoice> ServersOf(string profile)
    {
        try
        {
            return [.. (store.Load(profile)?.Servers.Keys ?? Enumerable.Empty<string>()).Select(key => new ServerChoice(profile, Parse(key))).Where(choice => choice.Server is not null)];
        }
        catch (ProblemException)
        {
            // The one that is asked for says why; a list of others need not.
            return [];
        }
    }
}
