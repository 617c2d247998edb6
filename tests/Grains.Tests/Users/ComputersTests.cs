using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>The computers on which a user's agents run.</summary>
public sealed class ComputersTests
{
    [Fact]
    public async Task AddComputer_WhenThereAreMoreThanIsRemembered_ForgetsTheOldestUntilItsAgentComesAgain()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var user = cluster.Grains.User(UserId.FromEmail("host@contoso.example"));
        var names = Enumerable.Range(0, Limits.ComputersOfUser + 2).Select(i => $"vm-{i}").ToArray();
        foreach (var name in (string[])[.. names, names[^1]])
            await user.AddComputer(name);

        Assert.Equal(names.Skip(2), await user.ListComputers());

        await user.AddComputer(names[0]);
        Assert.Equal(names.Skip(3).Append(names[0]), await user.ListComputers());
    }
}
