using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansKd.Local;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Tests.Infrastructure;

namespace OrleansKd.SignIn.Tests;

/// <summary>Where it listens, and what it says when it does not.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5090", null)]
    [InlineData("http://localhost:5090", null)]
    [InlineData("http://0.0.0.0:5090", "without TLS")]
    [InlineData("http://*:5090", "without TLS")]
    [InlineData("http://[::]:5090", "without TLS")]
    [InlineData("http://sign-in.contoso.example", "without TLS")]
    [InlineData("https://127.0.0.1:5090", "without a certificate")]
    [InlineData("ftp://127.0.0.1", "no address")]
    public void Listen_WhenOthersCouldReadAlong_IsRefusedWithTheReason(string url, string? expected)
    {
        var problems = ListenRules.ProblemsOf([url], new SignInOptions { Issuer = "https://sign-in.contoso.example" }).ToArray();

        Assert.Equal(expected is null ? [] : [true], problems.Select(problem => problem.Contains(expected ?? "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Listen_WhenBehindAProxyThatEndsTls_IsFine() =>
        Assert.Empty(ListenRules.ProblemsOf(["http://0.0.0.0:5090"], new SignInOptions { Issuer = "https://sign-in.contoso.example", TlsProxies = ["10.0.0.5"] }));

    [Theory]
    [InlineData("http://sign-in.contoso.example", "no TLS")]
    [InlineData("https://contoso.example/sign-in", "without a path")]
    [InlineData("", "is not set")]
    public void Issuer_WhenItCanNotBeOne_IsRefused(string issuer, string expected) =>
        Assert.Contains(ListenRules.ProblemsOf(["http://0.0.0.0:5090"], new SignInOptions { Issuer = issuer, TlsProxies = ["10.0.0.5"] }), problem => problem.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public async Task Start_WhenSettingsAreWrong_EndsWithOneMessage()
    {
        await using var run = SignInServer.Start("--urls", "http://0.0.0.0:5090", "--OrleansKd:SignIn:Domains:0", "not a domain");
        var result = await run.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.All(["does not start", "without TLS", "Domains names 'not a domain'", "--data", "Issuer is not set"], words => Assert.Contains(words, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error + result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenNobodyCarriesMail_EndsWithOneMessage()
    {
        var folder = Directory.CreateTempSubdirectory("orleanskd-start-").FullName;
        await using var run = SignInServer.Start("--urls", $"http://127.0.0.1:{Requirements.FreePort()}", "--data", Path.Combine(folder, "data"), "--OrleansKd:SignIn:Domains:0", "*");
        var result = await run.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("OrleansKd:Mail:Transport is None", result.Error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Start_WhenAnotherUsesTheFolder_EndsWithOneMessage()
    {
        await using var first = await SignInServer.OpenAsync();
        await using var run = SignInServer.Start("--urls", $"http://127.0.0.1:{Requirements.FreePort()}", "--data", first.Data, "--OrleansKd:SignIn:Domains:0", "*");
        var result = await run.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("used by another sign-in", result.Error, StringComparison.Ordinal);
    }

    /// <summary>What the proxy says of its callers is believed, and nobody else's word.</summary>
    [Fact]
    public async Task Start_BehindAProxyThatEndsTls_BelievesOnlyThatProxy()
    {
        await using var behind = await SignInServer.OpenAsync("TlsProxies:0=127.0.0.1", "Issuer=https://sign-in.contoso.example", "Limits:FormsPerMinute=2");
        await using var stranger = await SignInServer.OpenAsync("TlsProxies:0=10.9.8.7", "Issuer=https://sign-in.contoso.example", "Limits:FormsPerMinute=2");
        using var client = new HttpClient();
        async Task<HttpResponseMessage> GetAsync(SignInServer server, string path, string? caller)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
            request.Headers.Host = "sign-in.contoso.example";
            if (caller is not null)
            {
                request.Headers.Add("X-Forwarded-Proto", "https");
                request.Headers.Add("X-Forwarded-For", caller);
            }
            return await client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        using var page = await GetAsync(behind, "/device", "198.51.100.1");
        Assert.True(page.Headers.Contains("Strict-Transport-Security"));
        Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
        using var discovery = await GetAsync(behind, "/.well-known/openid-configuration", "198.51.100.1");
        Assert.Contains("https://sign-in.contoso.example/connect/token", await discovery.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        HttpStatusCode[] ofMany = [.. await Task.WhenAll(Enumerable.Range(2, 4).Select(async i => (await GetAsync(behind, "/device", $"198.51.100.{i}")).StatusCode))];
        Assert.All(ofMany, status => Assert.Equal(HttpStatusCode.OK, status));

        using var readable = await GetAsync(behind, "/.well-known/openid-configuration", caller: null);
        Assert.Equal(HttpStatusCode.BadRequest, readable.StatusCode);
        using var claimed = await GetAsync(stranger, "/.well-known/openid-configuration", "198.51.100.1");
        Assert.Equal(HttpStatusCode.BadRequest, claimed.StatusCode);
        HttpStatusCode[] ofOne = [.. await Task.WhenAll(Enumerable.Range(1, 4).Select(async i => (await GetAsync(stranger, "/device/done", $"198.51.100.{i}")).StatusCode))];
        Assert.Equal(2, ofOne.Count(status => status is HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Start_WithACertificate_SpeaksTlsAndSaysThatItAlwaysDoes()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sign-in.contoso.example", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var folder = Directory.CreateTempSubdirectory("orleanskd-tls-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        var port = Requirements.FreePort();
        await using var run = SignInServer.Start(
            "--urls", $"https://0.0.0.0:{port}", "--issuer", "https://sign-in.contoso.example", "--data", Path.Combine(folder, "data"), "--OrleansKd:SignIn:Domains:0", "*",
            "--OrleansKd:SignIn:Certificate:File", Path.Combine(folder, "certificate.pem"), "--OrleansKd:SignIn:Certificate:KeyFile", Path.Combine(folder, "key.pem"),
            "--OrleansKd:Mail:Transport", "Pickup", "--OrleansKd:Mail:PickupFolder", folder, "--OrleansKd:Mail:From", "kd@contoso.example");
        await run.WaitForAsync(text => text.Contains("sign-in https://sign-in.contoso.example", StringComparison.Ordinal), "its start");
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString();
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        };
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(new Uri("https://sign-in.contoso.example/device"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
        await run.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
