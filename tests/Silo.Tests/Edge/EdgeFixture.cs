using System.Net.Http.Headers;
using System.Net.Http.Json;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;
using OrleansKd.Testing.Processes;

[assembly: AssemblyFixture(typeof(EdgeFixture))]

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>One real server process, edge and silo, for all tests of the edge; people who sign in as they please.</summary>
public sealed class EdgeFixture : IAsyncLifetime
{
    public ServerProcesses Servers { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    /// <summary>The home folder of whoever runs the server.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("orleanskd-edge-").FullName;

    public async ValueTask InitializeAsync()
    {
        // Its tests try more bad tokens, and ask more often, than one person would.
        Servers = await ServerProcesses.OpenAsync(environment =>
        {
            environment["OrleansKd__Edge__BadTokensPerMinute"] = environment["OrleansKd__Edge__RequestsPerMinute"] = "1000000";
            environment["HOME"] = Home;
        });
        Address = (await Servers.StartServerAsync("all")).Address;
        await Servers.SignInAsync(Address);
    }

    public Task<string> HostToken() => Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });

    public Task<string> ClientToken() => Servers.TokenAsync(new { Email = "client@fabrikam.example", Name = "Clive Client" });

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: WireJson.Options);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Servers.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }
}
