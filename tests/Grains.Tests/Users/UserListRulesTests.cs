using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using OrleansKd.Grains.Users;
using static OrleansKd.Grains.Tests.Users.TestList;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>How a list changes, and what its readers are told of it.</summary>
public sealed class UserListRulesTests
{
    [Fact]
    public void Change_WhenLinesCome_GivesEachAVersionOfItsOwn()
    {
        var list = new TestList();

        list.Change(Line("a"), Line("b"));
        list.Change(Line("c"));

        Assert.Equal([("a", 1), ("b", 2), ("c", 3)], list.Pages[0].Lines.Select(line => (line.Session, line.Version)));
        Assert.Equal(3, list.Version);
    }

    [Fact]
    public void Change_WhenALineChanges_GivesItAHigherVersionAndLeavesTheOthers()
    {
        var list = new TestList();
        list.Change(Line("a"), Line("b"));

        list.Change(Line("a", 2) with { State = SessionState.Closed });

        Assert.Equal([("a", 3), ("b", 2)], list.Pages[0].Lines.Select(line => (line.Session, line.Version)));
    }

    [Fact]
    public void Change_WhenNothingPeopleSeeIsDifferent_WritesNothing()
    {
        var list = new TestList();
        list.Change(Line("a"));

        Assert.Equal(0, list.Change(Line("a", 9) with { LastActivityAt = At.AddMinutes(9) }));
        Assert.Equal(1, list.Change(Line("a", 10) with { LastActivityAt = At + ListingLine.ActivityStep }));
    }

    [Fact]
    public void Change_WhenALineIsOlderThanTheKnownOne_LeavesThat()
    {
        var list = new TestList();
        list.Change(Line("a", 5) with { State = SessionState.Closed });

        Assert.Equal(0, list.Change(Line("a", 4)));
        Assert.Equal(SessionState.Closed, list.Pages[0].Lines[0].State);
    }

    [Fact]
    public void Change_WhenALineGoesThatIsNotThere_WritesNothing() => Assert.Equal(0, new TestList().Remove("a"));

    [Fact]
    public void Change_WhenAPageIsFull_BeginsAnotherAndFillsHolesFirst()
    {
        var list = new TestList();

        var writes = list.Change([.. Enumerable.Range(0, UserListRules.LinesOfPage + 1).Select(i => Line($"s{i:000}"))]);
        list.Remove("s000");
        list.Change(Line("late"));

        Assert.Equal(2, writes);
        Assert.Equal([UserListRules.LinesOfPage, 1], list.Pages.Select(page => page.Lines.Length));
        Assert.Contains(list.Pages[0].Lines, line => line.Session == "late");
    }

    [Fact]
    public void Change_WhenALineComesBack_IsNotRememberedAsGone()
    {
        var list = new TestList();
        list.Change(Line("a"));
        var reader = new TestReader();
        reader.Read(list);

        list.Remove("a");
        list.Change(Line("a", 2));
        reader.Read(list);

        Assert.Empty(list.Pages[0].Removed);
        Assert.Equal(["a"], reader.Sessions.Keys);
    }

    [Fact]
    public void Read_WhenMoreHasGoneThanIsRemembered_BeginsAnewForReadersWhoHadIt()
    {
        var list = new TestList();
        list.Change(Line("old"));
        var (late, early) = (new TestReader(), new TestReader());
        late.Read(list);
        list.Remove("old");
        early.Read(list);
        for (var i = 0; i < UserListRules.RemovedKept + 1; i++)
        {
            list.Change(Line($"s{i}"));
            early.Read(list);
            list.Remove($"s{i}");
        }

        late.Read(list);
        early.Read(list);

        Assert.Equal((2, 1), (late.Beginnings, early.Beginnings));
        Assert.Empty(late.Sessions);
        Assert.Empty(early.Sessions);
    }

    [Fact]
    public void Read_WhenTheListIsLongAndMuchHasGone_ComesToItsEnd()
    {
        var list = new TestList();
        list.Change([.. Enumerable.Range(0, 3 * Limits.FeedPageItems).Select(i => Line($"s{i:000}"))]);
        for (var i = 0; i < 2 * UserListRules.RemovedKept; i++)
        {
            list.Change(Line($"gone{i}"));
            list.Remove($"gone{i}");
        }
        var reader = new TestReader();

        var pages = reader.Read(list);

        Assert.Equal(3, pages);
        Assert.Equal(1, reader.Beginnings);
        Assert.Equal(list.Sessions, reader.Sessions);
    }

    [Fact]
    public void Read_WhenAPositionIsFromAnotherLife_BeginsAnew()
    {
        var list = new TestList();
        list.Change(Line("a"));

        Assert.True(list.Read(new FeedPosition(7, 0)).IsBeginning);
        Assert.True(list.Read(new FeedPosition(-1, 0)).IsBeginning);
    }

    [Fact]
    public void Read_WhenDescriptionsAreLong_KeepsPagesSmall()
    {
        var list = new TestList();
        list.Change([.. Enumerable.Range(0, 40).Select(i => Line($"s{i:00}") with { Description = new string('d', Limits.SessionDescriptionLength) })]);
        var page = list.Read(default);

        Assert.True(page is { HasMore: true, Sessions.Length: > 1 and < 12 });
    }

    /// <summary>Whatever changes, and whenever somebody reads a page or is cut off in the middle of a walk: in the end they have the list, nothing more and nothing else.</summary>
    [Fact]
    public void Read_WhateverChangesMeanwhile_AddsUpToTheList() => Gen.Select(Gen.Int[0, 9], Gen.Int[0, 199], Gen.Int[0, 2]).Array[0, 600].Sample(steps =>
    {
        var list = new TestList();
        TestReader[] readers = [new(), new(), new()];
        var sequence = 0;
        foreach (var (what, session, reader) in steps)
        {
            if (what < 5)
                list.Change(Line($"s{session}", ++sequence) with { Clients = sequence % 7 });
            else if (what < 8)
                list.Remove($"s{session}");
            else if (what == 8)
                readers[reader].ReadPage(list);
            else
                list.Change([.. Enumerable.Range(session, 70).Select(i => Line($"s{i}", ++sequence) with { Clients = sequence % 7 })]);
        }
        foreach (var reader in readers)
        {
            reader.Read(list);
            Assert.Equal(list.Sessions.OrderBy(pair => pair.Key), reader.Sessions.OrderBy(pair => pair.Key));
        }
        Assert.All(list.Pages, page => Assert.True(page.Lines.Length <= UserListRules.LinesOfPage && page.Removed.Length <= UserListRules.RemovedKept));
        Assert.Equal(list.Pages.Sum(page => page.Lines.Length), list.Pages.SelectMany(page => page.Lines).DistinctBy(line => line.Session).Count());
    }, iter: 300);
}
