using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using OrleansKd.Silo.Auth;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>An authority that proves nobody's identity must not get anywhere near people.</summary>
public sealed class AuthOptionsTests
{
    [Theory]
    [InlineData("https://login.example", "Production", "http://0.0.0.0:5080", true)]
    [InlineData("http://127.0.0.1:5090", "Development", "http://127.0.0.1:5080", true)]
    [InlineData("http://127.0.0.1:5090", "Development", "http://localhost:5080;http://[::1]:5080", true)]
    [InlineData("http://127.0.0.1:5090", "Production", "http://127.0.0.1:5080", false)]
    [InlineData("http://192.0.2.7:5090", "Development", "http://127.0.0.1:5080", false)]
    [InlineData("http://127.0.0.1:5090", "Development", "http://0.0.0.0:5080", false)]
    [InlineData("http://127.0.0.1:5090", "Development", "http://127.0.0.1:5080;http://192.0.2.7:80", false)]
    [InlineData("", "Development", "http://127.0.0.1:5080", false)]
    [InlineData("login.example", "Production", "https://0.0.0.0:443", false)]
    public void Validate_WhenTheAuthorityHasNoTls_AcceptsItInDevelopmentOnLoopbackOnly(string authority, string environment, string urls, bool isAccepted)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build();
        var validator = new AuthOptionsValidator(new HostingEnvironment { EnvironmentName = environment }, configuration);

        var result = validator.Validate(null, new AuthOptions { Authority = authority });

        Assert.Equal(isAccepted, result.Succeeded);
        Assert.True(isAccepted || result.FailureMessage!.Contains("authority", StringComparison.OrdinalIgnoreCase));
    }
}
