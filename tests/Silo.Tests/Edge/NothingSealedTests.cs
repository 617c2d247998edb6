using System.Net;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Edge;

public sealed class NothingSealedTests(EdgeFixture edge)
{
    /// <summary>Keys of its own would have to be shared by several edges.</summary>
    [Fact]
    public async Task Edge_HasNoKeysOfItsOwn()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.Me, await edge.HostToken());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(edge.Home));
    }
}
