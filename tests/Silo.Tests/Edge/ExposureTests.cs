using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using OrleansKd.Contracts;
using OrleansKd.Silo.Hosting;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>What must not be reachable from outside does not start, and what may be starts with TLS.</summary>
public sealed class ExposureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("urls=http://127.0.0.1:5080", true)]
    [InlineData("urls=http://localhost:5080;http://[::1]:5080", true)]
    [InlineData("", true)]
    [InlineData("urls=http://0.0.0.0:5080", false)]
    [InlineData("urls=http://*:80", false)]
    [InlineData("urls=http://[::]:80", false)]
    [InlineData("urls=http://127.0.0.1:5080;http://192.0.2.7:80", false)]
    [InlineData("urls=http://debug.contoso.example:80", false)]
    [InlineData("http_ports=8080", false)]
    [InlineData("Kestrel:Endpoints:Web:Url=http://0.0.0.0:80,urls=http://127.0.0.1:5080", false)]
    [InlineData("urls=https://0.0.0.0:443", false)]
    [InlineData("urls=https://0.0.0.0:443,Kestrel:Certificates:Default:Path=server.pem", true)]
    [InlineData("https_ports=443,Kestrel:Certificates:Default:Path=server.pem", true)]
    [InlineData("urls=http://10.0.0.7:5080,OrleansKd:Edge:BehindTlsProxy=true", true)]
    [InlineData("OrleansKd:Edge:TrustedProxies:0=10.0.0.0/8", true)]
    [InlineData("OrleansKd:Edge:TrustedProxies:0=proxy.contoso.example", false)]
    [InlineData("OrleansKd:Edge:AllowedOrigins:0=https://debug.contoso.example", true)]
    [InlineData("OrleansKd:Edge:AllowedOrigins:0=https://debug.contoso.example/", false)]
    [InlineData("OrleansKd:Edge:AllowedOrigins:0=*", false)]
    public void Edge_WhenOthersCouldReadAlong_IsRefused(string settings, bool isAccepted)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(setting => KeyValuePair.Create(setting.Split('=')[0], (string?)setting.Split('=')[1])))
            .Build();
        var options = configuration.GetSection("OrleansKd:Edge").Get<EdgeOptions>() ?? new EdgeOptions();

        Assert.Equal(isAccepted, new EdgeExposureValidator(configuration).Validate(null, options).Succeeded);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("100.100.0.1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("fd12::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("2001:db8::1", false)]
    public void OrleansPorts_OnAnAddressThatIsNotPrivate_AreRefusedUnlessToldSo(string address, bool isPrivate)
    {
        var validator = new SiloOptionsValidator();

        Assert.Equal(isPrivate, validator.Validate(null, new SiloOptions { Address = address }).Succeeded);
        Assert.True(validator.Validate(null, new SiloOptions { Address = address, AllowPublicAddress = true }).Succeeded);
        // An edge alone opens none.
        Assert.True(validator.Validate(null, new SiloOptions { Address = address, Role = SiloRole.Edge }).Succeeded);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void Address_OfAnIPv6Site_StandsForAllOfIt(string address, string key) => Assert.Equal(key, ClientAddress.KeyOf(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("without TLS", "--urls", "http://0.0.0.0:{0}")]
    [InlineData("has no certificate", "--urls", "https://0.0.0.0:{0}")]
    [InlineData("is not a private one", "--urls", "http://127.0.0.1:{0}", "--OrleansKd:Silo:Address", "0.0.0.0")]
    public async Task Program_WhenItWouldBeExposed_EndsAtOnceAndSaysWhy(string reason, params string[] arguments)
    {
        await using var program = SiloProgram.Start("UseDevelopmentStorage=true",
        [
            "--OrleansKd:Auth:Authority", "https://login.contoso.example",
            .. arguments.Select(argument => string.Format(System.Globalization.CultureInfo.InvariantCulture, argument, SiloProgram.FreePort())),
        ]);

        var result = await program.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edge_WithACertificate_SpeaksTlsAloneAndTellsBrowsersToStayWithIt()
    {
        await using var servers = await ServerProcesses.OpenAsync();
        var (certificate, key) = Certificate(servers.Folder);
        var port = SiloProgram.FreePort();
        await using var program = SiloProgram.Start(servers.Storage.ConnectionString,
            "--urls", $"https://0.0.0.0:{port}", "--OrleansKd:Auth:Authority", "https://login.contoso.example",
            "--Kestrel:Certificates:Default:Path", certificate, "--Kestrel:Certificates:Default:KeyPath", key);
        using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=debug.contoso.example" });
        await program.WaitForAsync(text => text.Contains("Now listening on", StringComparison.Ordinal), "the line 'Now listening on'");

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://127.0.0.1:{port}{Routes.Health}"));
        request.Headers.Host = "debug.contoso.example";
        using var answer = await http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("max-age=", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{port}{Routes.Health}"), Cancellation));
    }

    private static (string Certificate, string Key) Certificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=debug.contoso.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var (path, keyPath) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (path, keyPath);
    }
}
