using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Connection;

/// <summary>One server as one signed-in user: the REST client, and followers for sessions.</summary>
internal sealed class ServerConnection : IDisposable
{
    private readonly IAccessTokens tokens;
    private readonly TimeProvider time;
    private readonly HttpClient? authority;
    private readonly ViewerPlace? place;

    /// <param name="place">This computer, for windows; null: nobody's presence.</param>
    public ServerConnection(Uri server, IAccessTokens tokens, TimeProvider time, HttpClient? authority = null, ViewerPlace? place = null)
    {
        (Server, this.tokens, this.time, this.authority, this.place) = (server, tokens, time, authority, place);
        Sessions = new SessionsClient(server, tokens);
    }

    public Uri Server { get; }

    public SessionsClient Sessions { get; }

    /// <summary>A connection of its own to the session hub; the caller disposes it.</summary>
    public SessionFollower NewFollower() => new(Server, tokens, time);

    /// <summary>The same for a window that a person watches: they join the session with it (rules D2, D3).</summary>
    public SessionFollower NewWindow() => new(Server, tokens, time) { Place = place };

    /// <summary>The server that is named, else the profile's default one.</summary>
    /// <exception cref="ProblemException">There is no such profile, or it has no default server.</exception>
    public static ServerConnection Open(ProfileStore store, string profileName, Uri? server, TimeProvider time)
    {
        var chosen = server ?? store.Load(profileName)?.DefaultServer ?? throw new ProblemException(
            ProblemCodes.NotSignedIn,
            $"not signed in: '{store.PathOf(profileName)}' names no server. Sign in first, or name a server with --server and a profile with --profile.");
        var authority = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        return new ServerConnection(chosen, new TokenSource(store, profileName, chosen, authority, time), time, authority, store.Place());
    }

    public void Dispose()
    {
        Sessions.Dispose();
        authority?.Dispose();
        (tokens as IDisposable)?.Dispose();
    }
}
