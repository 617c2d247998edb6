using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Local;

namespace OrleansKd.Testing.Processes;

/// <summary>Signs the sample users in at the test authority, which asks for no proof.</summary>
internal static class TestSignIn
{
    /// <summary>Remembers them as profiles, and makes their accounts at the server.</summary>
    public static async Task RunAsync(ProfileStore store, Uri authority, Uri server, HttpClient http, CancellationToken cancellationToken)
    {
        foreach (var user in SampleUsers.All)
        {
            using var answer = await http.PostAsJsonAsync(new Uri(authority, "/users"), new { user.Email, user.Name }, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var tokens = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
            var signIn = new ServerSignIn
            {
                Authority = authority,
                ClientId = "orleanskd",
                AccessToken = tokens!["access_token"]!.GetValue<string>(),
                ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(tokens["expires_in"]!.GetValue<int>()),
                RefreshToken = tokens["refresh_token"]!.GetValue<string>(),
            };
            store.Save(user.Profile, (store.Load(user.Profile) ?? new Profile()).With(server, signIn) with { DefaultServer = server });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, Routes.Me));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", signIn.AccessToken);
            using var me = await http.SendAsync(request, cancellationToken);
            if (!me.IsSuccessStatusCode)
                throw new InvalidOperationException($"The server does not accept {user.Email}: {await me.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
