using OrleansKd.Agent.Api;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Hosting;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Connection;

/// <summary>One server as one signed-in user: the REST client, and followers for sessions.</summary>
internal sealed class ServerConnection : IDisposable
{
    /// <summary>An agent reports what it lost with its first connection.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider time;
    private readonly HttpClient? authority;
    private readonly ViewerPlace? place;
    private readonly PersonSignIn? signIn;
    private readonly AskingTokens tokens;

    /// <param name="place">This computer, for windows; null: nobody's presence.</param>
    public ServerConnection(Uri server, IAccessTokens tokens, TimeProvider time, AgentPlace agentPlace, HttpClient? authority = null, ViewerPlace? place = null)
    {
        (Server, this.tokens, this.time, AgentPlace, this.authority, this.place) = (server, new AskingTokens(tokens), time, agentPlace, authority, place);
        Sessions = new SessionsClient(server, Tokens);
        LocalAgent = new LocalAgent(agentPlace, Sessions, Agent.Hosting.LocalAgent.ThisProgram(), time);
    }

    public Uri Server { get; }

    public IAccessTokens Tokens => tokens;

    /// <summary><see cref="AskingTokens.Ask"/>.</summary>
    public void AskToSignIn(Func<string, Task<bool>> ask) => tokens.Ask = ask;

    /// <summary>Where this sign-in's agent is found on this computer.</summary>
    public AgentPlace AgentPlace { get; }

    /// <summary>That agent, running or to be started.</summary>
    public ILocalAgent LocalAgent { get; init; }

    public SessionsClient Sessions { get; }

    /// <summary>How the person whose <see cref="Tokens"/> these are signs in, and out.</summary>
    public PersonSignIn SignIn { get => signIn ?? throw new InvalidOperationException("This connection has no profile."); init => signIn = value; }

    /// <summary>Opens a closed session again (rule F3); the host's agent of this computer is started first when the debugger shall run here.</summary>
    /// <param name="starting">Called with this computer's name when its agent is started.</param>
    public async Task ReopenAsync(string session, ReopenSessionRequest request, Action<string>? starting, CancellationToken cancellationToken)
    {
        var summary = (await Sessions.GetSessionAsync(session, cancellationToken)).Summary;
        if (summary is { IsHost: true, State: not SessionState.Terminated }
            && (await LocalAgent.DescribeAsync(cancellationToken)).Name is var here
            && string.Equals(request.Computer ?? summary.Computer, here, StringComparison.OrdinalIgnoreCase))
        {
            var isNew = false;
            await LocalAgent.EnsureAsync(
                LocalStart.OfReopened(session),
                () =>
                {
                    isNew = true;
                    starting?.Invoke(here);
                },
                cancellationToken);
            if (isNew && summary.State is SessionState.Active)
                await UntilClosedAsync(session, cancellationToken);
        }
        await Sessions.ReopenAsync(session, request, cancellationToken);
    }

    /// <summary>A new agent closes the sessions whose debuggers ended with the one before (rule F6).</summary>
    private async Task UntilClosedAsync(string session, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < CloseLimit; await Task.Delay(Look, time, cancellationToken))
        {
            if ((await Sessions.GetSessionAsync(session, cancellationToken)).Summary.State is not SessionState.Active)
                return;
        }
    }

    /// <summary>A connection of its own to the session hub; the caller disposes it.</summary>
    public SessionFollower NewFollower() => new(Server, Tokens, time);

    /// <summary>The same for a window that a person watches: they join the session with it (rules D2, D3).</summary>
    public SessionFollower NewWindow() => new(Server, Tokens, time) { Place = place };

    /// <summary>The server that is named, else the profile's default one; with the service token of the environment, else with the profile's sign-in.</summary>
    /// <exception cref="ProblemException">There is no such profile, or it has no default server; or what the environment has is no service token.</exception>
    public static ServerConnection Open(ProfileStore store, string profileName, Uri? server, TimeProvider time)
    {
        var chosen = server ?? store.Load(profileName)?.DefaultServer ?? throw new ProblemException(
            ProblemCodes.NotSignedIn,
            $"not signed in: '{store.PathOf(profileName)}' names no server. Sign in first (orleanskd sign-in --server URL), or name a server with --server and a profile with --profile.");
        var authority = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        IAccessTokens tokens = Environment.GetEnvironmentVariable(GivenToken.Variable) is { Length: > 0 } given
            ? new GivenToken(given)
            : new TokenSource(store, profileName, chosen, authority, time);
        return new ServerConnection(chosen, tokens, time, AgentPlace.ForUser(profileName, chosen), authority, store.Place())
        {
            SignIn = new PersonSignIn(chosen, new DeviceSignIn(authority, time), new RememberedSignIn(store, profileName, chosen, time)),
        };
    }

    public void Dispose()
    {
        Sessions.Dispose();
        authority?.Dispose();
        tokens.Dispose();
    }
}
