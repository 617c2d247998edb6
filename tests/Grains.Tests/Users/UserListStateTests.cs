using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using OrleansKd.Grains.Tests.Cluster;
using OrleansKd.Grains.Users;
using static OrleansKd.Grains.Tests.Users.TestList;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>The account's rows as the storage provider makes them.</summary>
public sealed class UserListStateTests
{
    /// <summary>15 properties of 64 KB.</summary>
    private const int MaxRowBytes = 15 * 64 * 1024;

    [Theory]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("\n")]
    [InlineData("é")]
    [InlineData("漢")]
    [InlineData("😀")]
    public async Task Page_WhenEverythingInItIsAsLongAsItMayBe_FitsARow(string text)
    {
        var list = new TestList();
        var person = new Person(UserId.FromEmail(Long(text, Limits.EmailLength)), Long(text, 100), Long(text, 100), Long(text, Limits.EmailLength));
        list.Change([.. Enumerable.Range(0, 4 * UserListRules.LinesOfPage).Select(i => Line($"{i:00000000000000000000000000}") with
        {
            Name = Long(text, Limits.SessionNameLength),
            // Half of the sessions have nothing to say: the others fill their page.
            Description = i % 2 == 0 ? "" : Long(text, Limits.SessionDescriptionLength),
            Computer = Long(text, Limits.ComputerNameLength),
            Host = person,
            TerminatedAt = At,
            Invitation = InvitationState.Accepted,
        })]);
        for (var i = 0; i < list.Pages.Count * UserListRules.RemovedKept; i++)
        {
            list.Change(Line($"gone{i:0000000000000000000000}"));
            list.Remove($"gone{i:0000000000000000000000}");
        }
        var serializer = await SerializerAsync();

        Assert.InRange(list.Pages.Count, 4, 20);
        Assert.All(list.Pages, page => Assert.InRange(serializer.Serialize(UserListState.Of(page)).ToMemory().Length, 1, MaxRowBytes));
        Assert.All(list.Pages, page => Assert.Equivalent(page, serializer.Deserialize<UserListState>(serializer.Serialize(UserListState.Of(page)))!.Restore()));
    }

    [Fact]
    public async Task Account_WhenItsListIsHalfAsLongAgainAsItMayBe_FitsARow()
    {
        List<string> ids = [.. Enumerable.Range(0, Limits.ListedSessions * 3 / 2).Select(_ => SessionId.New().ToString())];
        var state = new UserState
        {
            Sessions = ids,
            Untold = ids,
            NamedSessions = [.. ids.Take(Limits.RequestKeysKept).Select(id => new NamedSession(new string('k', Limits.RequestKeyLength), new string('a', 64), id))],
        };

        Assert.InRange((await SerializerAsync()).Serialize(state).ToMemory().Length, 1, MaxRowBytes);
    }

    [Fact]
    public async Task Account_WhenStored_ComesBack()
    {
        var state = new UserState
        {
            Issuer = "https://issuer.example",
            Subject = "s",
            Email = "ann@contoso.example",
            Sessions = ["a", "b"],
            Untold = ["b"],
            AccountVersion = 7,
            AccountSeen = "Ann\nContoso",
            Waiting = new StoredWaiting("contoso", 3, 2),
            ListPages = 2,
            NamedSessions = [new NamedSession("key", "about", "a")],
        };
        var serializer = await SerializerAsync();

        Assert.Equivalent(state, serializer.Deserialize<UserState>(serializer.Serialize(state)));
    }

    private static async Task<IGrainStorageSerializer> SerializerAsync()
    {
        await using var cluster = await GrainCluster.StartAsync();
        return cluster.Silos.Silos[0].ServiceProvider.GetRequiredService<IGrainStorageSerializer>();
    }

    private static string Long(string text, int length) => string.Concat(Enumerable.Repeat(text, length / text.Length));
}
