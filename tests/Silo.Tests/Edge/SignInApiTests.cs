using System.Net;
using System.Net.Http.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>What anybody may know: where people sign in.</summary>
public sealed class SignInApiTests(EdgeFixture edge)
{
    [Theory]
    [InlineData(null)]
    [InlineData("no token at all")]
    public async Task SignIn_WhenAskedWithoutAGoodToken_NamesAuthorityClientAndScopes(string? token)
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.SignIn, token);
        var summary = await answer.Content.ReadFromJsonAsync<SignInSummary>(WireJson.Options, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((edge.Servers.Authority.GetLeftPart(UriPartial.Authority), "orleanskd"), (summary!.Authority, summary.ClientId));
        Assert.Contains("offline_access", summary.Scopes);
    }
}
