using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansKd.SignIn.Tests.Infrastructure;

/// <summary>A terminal that wants in, in plain HTTP.</summary>
internal sealed class Device(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address };

    public string UserCode { get; private set; } = "";

    public string DeviceCode { get; private set; } = "";

    public JsonElement Begun { get; private set; }

    public static async Task<Device> BeginAsync(Uri address, string name = "lab-7")
    {
        var device = new Device(address);
        var (status, body) = await device.PostAsync("/connect/device", ("client_id", "orleanskd"), ("scope", "email profile offline_access"), ("device_name", name));
        Assert.Equal(HttpStatusCode.OK, status);
        (device.Begun, device.UserCode, device.DeviceCode) = (body, body.GetProperty("user_code").GetString()!, body.GetProperty("device_code").GetString()!);
        return device;
    }

    /// <summary>Asks whether the user is done.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> AskAsync() => PostAsync(
        "/connect/token", ("client_id", "orleanskd"), ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", DeviceCode));

    public async Task<Tokens> TokensAsync()
    {
        var (status, body) = await AskAsync();
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return Tokens.Of(body);
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(string refreshToken) => PostAsync(
        "/connect/token", ("client_id", "orleanskd"), ("grant_type", "refresh_token"), ("refresh_token", refreshToken));

    public async Task<Tokens> RefreshedAsync(string refreshToken)
    {
        var (status, body) = await RefreshAsync(refreshToken);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return Tokens.Of(body);
    }

    public async Task<HttpStatusCode> RevokeAsync(string token) =>
        (await PostAsync("/connect/revoke", ("client_id", "orleanskd"), ("token", token), ("token_type_hint", "refresh_token"))).Status;

    public static string ErrorOf((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.TryGetProperty("error", out var error) ? error.GetString()! : "none";

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.StartsWith('{') ? JsonSerializer.Deserialize<JsonElement>(text) : JsonSerializer.Deserialize<JsonElement>("{}"));
    }

    public async Task<JsonElement> GetAsync(string path) => await http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public void Dispose() => http.Dispose();
}

internal sealed record Tokens(string Access, string Refresh)
{
    public static Tokens Of(JsonElement body) => new(body.GetProperty("access_token").GetString()!, body.GetProperty("refresh_token").GetString()!);

    public JsonElement Claims => Part(1);

    public JsonElement Header => Part(0);

    private JsonElement Part(int index) => JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(Padded(Access.Split('.')[index].Replace('-', '+').Replace('_', '/'))));

    private static string Padded(string text) => text.PadRight((text.Length + 3) / 4 * 4, '=');
}
