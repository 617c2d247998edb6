using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Local;

/// <summary>Two people of different companies, signed in as profiles <c>host</c> and <c>client</c>.</summary>
internal static class SampleUsers
{
    private static readonly (string Profile, string Email, string Name)[] All =
    [
        ("host", "host@contoso.example", "Hanna Host"),
        ("client", "client@fabrikam.example", "Clive Client"),
    ];

    public static JsonArray Organizations() =>
    [
        new JsonObject
        {
            ["Name"] = "Contoso",
            ["Domains"] = new JsonArray("contoso.example"),
            ["Administrators"] = new JsonArray("host@contoso.example"),
            ["Hosts"] = new JsonArray("host@contoso.example"),
            ["Joiners"] = new JsonArray("host@contoso.example"),
        },
        new JsonObject
        {
            ["Name"] = "Fabrikam",
            ["Domains"] = new JsonArray("fabrikam.example"),
            ["Joiners"] = new JsonArray("client@fabrikam.example"),
        },
    ];

    /// <summary>Signs both in at the authority, remembers them as profiles, and makes their accounts at the server.</summary>
    public static async Task SignInAsync(ProfileStore store, Uri authority, Uri server, HttpClient http, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var (profile, email, name) in All)
        {
            using var answer = await http.PostAsJsonAsync(new Uri(authority, "/users"), new { Email = email, Name = name }, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var tokens = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
            var signIn = new ServerSignIn
            {
                Authority = authority,
                ClientId = "orleanskd",
                AccessToken = tokens!["access_token"]!.GetValue<string>(),
                ExpiresAt = time.GetUtcNow().AddSeconds(tokens["expires_in"]!.GetValue<int>()),
                RefreshToken = tokens["refresh_token"]!.GetValue<string>(),
            };
            store.Save(profile, (store.Load(profile) ?? new Profile()).With(server, signIn) with { DefaultServer = server });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, Routes.Me));
            request.Headers.Authorization = new("Bearer", signIn.AccessToken);
            using var me = await http.SendAsync(request, cancellationToken);
            if (!me.IsSuccessStatusCode)
                throw new LocalException($"The server does not accept {email}: {await me.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
