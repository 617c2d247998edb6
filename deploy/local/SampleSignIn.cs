using System.Net.Http.Headers;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Local;

/// <summary>
/// Signs the sample users in as people do: from a terminal, by a browser's pages and a code in a mail. Who is signed in already stays so.
/// </summary>
internal sealed class SampleSignIn(ProfileStore store, Uri authority, Uri server, string mailFolder, HttpClient http, TimeProvider time)
{
    /// <summary>The client's own scopes at the built-in sign-in.</summary>
    private static readonly string[] Scopes = ["openid", "profile", "email", "offline_access"];

    /// <summary>Signs all of them in and remembers them as profiles.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(SampleUsers.All.Select(user => SignInAsync(user, cancellationToken)));

    /// <summary>Makes their accounts at the server.</summary>
    public async Task MakeAccountsAsync(CancellationToken cancellationToken)
    {
        foreach (var user in SampleUsers.All)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, Routes.Me));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", store.Load(user.Profile)!.For(server)!.AccessToken);
            using var me = await http.SendAsync(request, cancellationToken);
            if (!me.IsSuccessStatusCode)
                throw new LocalException($"The server does not accept {user.Email}: {await me.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private async Task SignInAsync(SampleUser user, CancellationToken cancellationToken)
    {
        if (await IsSignedInAsync(user, cancellationToken))
            return;
        var terminal = new DeviceSignIn(http, time);
        var request = await terminal.BeginAsync(new SignInSummary(authority.AbsoluteUri, "orleanskd", Scopes), Environment.MachineName, cancellationToken);
        using var browser = new SignInPages(authority, mailFolder, time);
        await browser.AllowAsync(request.UserCode, user, cancellationToken);
        var signIn = await terminal.WaitAsync(request, cancellationToken);
        store.Save(user.Profile, (store.Load(user.Profile) ?? new Profile()).With(server, signIn) with { DefaultServer = server });
    }

    /// <summary>Whether this authority renews what is remembered.</summary>
    private async Task<bool> IsSignedInAsync(SampleUser user, CancellationToken cancellationToken)
    {
        if (store.Load(user.Profile)?.For(server) is not { } known || known.Authority.Authority != authority.Authority)
            return false;
        try
        {
            using var source = new TokenSource(store, user.Profile, server, http, time);
            source.Forget(known.AccessToken);
            await source.GetAccessTokenAsync(cancellationToken);
            store.Save(user.Profile, store.Load(user.Profile)! with { DefaultServer = server });
            return true;
        }
        catch (ProblemException)
        {
            // Too old, or another data folder's: from the beginning.
            return false;
        }
    }
}
