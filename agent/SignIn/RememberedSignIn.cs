namespace OrleansKd.Agent.SignIn;

/// <summary>One profile's sign-in for one server, as it is kept and forgotten; beside it a <see cref="TokenSource"/> may be renewing it.</summary>
public sealed class RememberedSignIn(ProfileStore store, string profileName, Uri server, TimeProvider time)
{
    /// <summary>The file that it is kept in.</summary>
    public string File => store.PathOf(profileName);

    /// <returns>Whether it is encrypted on disk: <see cref="ProfileStore.Save"/>.</returns>
    public async Task<bool> KeepAsync(ServerSignIn signIn, CancellationToken cancellationToken)
    {
        using var all = await store.LockAsync(profileName, time, cancellationToken);
        return store.Save(profileName, (store.Load(profileName) ?? new Profile()).With(server, signIn));
    }

    /// <summary>From now on it is this server's when none is named.</summary>
    public async Task PreferAsync(CancellationToken cancellationToken)
    {
        using var all = await store.LockAsync(profileName, time, cancellationToken);
        if (store.Load(profileName) is { } profile && profile.DefaultServer != server)
            store.Save(profileName, profile with { DefaultServer = server });
    }

    /// <summary>What was forgotten; null when there was nothing.</summary>
    public async Task<ServerSignIn?> ForgetAsync(CancellationToken cancellationToken)
    {
        using var all = await store.LockAsync(profileName, time, cancellationToken);
        if (store.Load(profileName) is not { } profile || profile.For(server) is not { } signIn)
            return null;
        store.Save(profileName, profile.Without(server));
        return signIn;
    }
}
