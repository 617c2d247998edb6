using System.Net;
using System.Net.WebSockets;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>What a browser is told, and whose pages may call.</summary>
public sealed class BrowserPolicyTests(EdgeFixture edge)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Own => edge.Address.GetLeftPart(UriPartial.Authority);

    [Theory]
    [InlineData(Routes.Me, true, HttpStatusCode.OK)]
    [InlineData(Routes.Me, false, HttpStatusCode.Unauthorized)]
    [InlineData("/api/nothing", true, HttpStatusCode.NotFound)]
    [InlineData("/", true, HttpStatusCode.NotFound)]
    [InlineData(Routes.OpenApi, false, HttpStatusCode.OK)]
    public async Task Answer_WhateverItIs_IsNoPageForABrowser(string path, bool isSignedIn, HttpStatusCode status)
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, path, isSignedIn ? await edge.HostToken() : null);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.StartsWith("default-src 'none';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal(path.StartsWith("/api", StringComparison.Ordinal), answer.Headers.CacheControl?.NoStore == true);
    }

    [Theory]
    [InlineData("{0}", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("{0}.evil.example", false)]
    [InlineData("{0}/", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("https://127.0.0.1:{1}", false)]
    [InlineData("http://localhost:{1}", false)]
    public async Task Origin_WhenItIsNotTheServersOwn_IsRefusedForRequestsAndWebSockets(string pattern, bool isOwn)
    {
        var origin = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, Own, edge.Address.Port);
        var token = await edge.HostToken();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Address, Routes.Me));
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using var answer = await edge.Http.SendAsync(request, Cancellation);
        Assert.Equal(isOwn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        var problem = await Record.ExceptionAsync(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{edge.Address.Port}{Routes.SessionHub}?access_token={token}"), Cancellation));
        Assert.Equal(isOwn ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, socket.HttpStatusCode);
        Assert.Equal(isOwn, problem is null);
    }

    /// <summary>A name of somebody else's that is made to mean this machine.</summary>
    [Fact]
    public async Task Host_WhenItIsNoNameOfThisMachine_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Address, Routes.Me));
        request.Headers.Host = $"rebound.evil.example:{edge.Address.Port}";
        request.Headers.Add("Origin", $"http://rebound.evil.example:{edge.Address.Port}");
        request.Headers.Authorization = new("Bearer", await edge.HostToken());
        using var answer = await edge.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
