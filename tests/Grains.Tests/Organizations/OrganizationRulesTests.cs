using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;
using static OrleansKd.Grains.Tests.Organizations.TestOrganization;

namespace OrleansKd.Grains.Tests.Organizations;

public sealed class OrganizationRulesTests
{
    /// <summary>Every state of a member, with every request, by every kind of caller.</summary>
    public static TheoryData<Permissions, Permissions, PermissionActionKind, Permissions, string> Everything()
    {
        var data = new TheoryData<Permissions, Permissions, PermissionActionKind, Permissions, string>();
        foreach (var held in Enum.GetValues<Permissions>())
        {
            foreach (var asked in Enum.GetValues<Permissions>().Where(asked => (asked & held) is Permissions.None))
            {
                foreach (var kind in Enum.GetValues<PermissionActionKind>())
                {
                    foreach (var named in Enum.GetValues<Permissions>())
                    {
                        foreach (var caller in (string[])["ada", "nick", "joe"])
                            data.Add(held, asked, kind, named, caller);
                    }
                }
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Decide_WhateverIsAsked_FollowsTheRules(Permissions held, Permissions asked, PermissionActionKind kind, Permissions named, string callerName)
    {
        var organization = NickWith(held, asked);
        var caller = PersonOf(callerName);

        var decision = organization.Decide(caller, kind, Nick, named);

        var (isAda, isNick) = (callerName == "ada", callerName == "nick");
        var expected = kind switch
        {
            PermissionActionKind.Request when !isNick => "not-permitted",
            PermissionActionKind.Request when named is Permissions.None => "invalid-request",
            PermissionActionKind.Request => (named & ~held & ~asked) is Permissions.None ? "nothing" : "change",
            _ when !isAda => "not-permitted",
            PermissionActionKind.Approve or PermissionActionKind.Deny when named is Permissions.None => asked is Permissions.None ? "wrong-state" : "change",
            PermissionActionKind.Approve => (named & ~asked & ~held) is not Permissions.None ? "wrong-state" : (named & asked) is Permissions.None ? "nothing" : "change",
            PermissionActionKind.Deny => (named & ~asked) is not Permissions.None ? "wrong-state" : "change",
            PermissionActionKind.TakeAway when named is Permissions.None => "invalid-request",
            PermissionActionKind.TakeAway => (named & held) is Permissions.None ? "nothing" : "change",
            PermissionActionKind.Appoint => "change",
            PermissionActionKind.Dismiss => "nothing",
            _ => "change",
        };
        Assert.Equal(expected, decision switch
        {
            OrganizationDecision.Change => "change",
            OrganizationDecision.Nothing => "nothing",
            _ => CodeOf(decision),
        });
        if (decision is OrganizationDecision.Change { Next: var next })
            AssertFollows(organization, next, kind, held, asked, named, caller);
    }

    private static void AssertFollows(Organization before, Organization next, PermissionActionKind kind, Permissions held, Permissions asked, Permissions named, Person caller)
    {
        var decided = named is Permissions.None ? asked : named & asked;
        Assert.Equal(kind switch
        {
            PermissionActionKind.Approve => held | decided,
            PermissionActionKind.TakeAway => held & ~named,
            _ => held,
        }, next.Held(Nick));
        Assert.Equal(kind switch
        {
            PermissionActionKind.Request => asked | (named & ~held),
            PermissionActionKind.Approve or PermissionActionKind.Deny => asked & ~decided,
            _ => asked,
        }, next.PendingOf(Nick.Id)?.Permissions ?? Permissions.None);
        Assert.Equal(kind is PermissionActionKind.Appoint, next.IsAdministrator(Nick));
        Assert.Equal(before.LastNumber + 1, next.LastNumber);
        var entry = next.Unfiled[^1];
        Assert.Equal((next.LastNumber, kind, caller, Nick, Now), (entry.Number, entry.Kind, entry.By, entry.Whom, entry.At));
        var owed = next.Owed.Except(before.Owed).Where(item => item.Kind is not OwedKind.Waiting).ToArray();
        Assert.All(owed, item => Assert.Equal(entry, item.About));
        Assert.Equal(kind switch
        {
            PermissionActionKind.Request => [(OwedKind.Mail, Ada.Email)],
            PermissionActionKind.Approve or PermissionActionKind.Deny or PermissionActionKind.TakeAway => [(OwedKind.Account, Nick.Email), (OwedKind.Mail, Nick.Email)],
            _ => [(OwedKind.Account, Nick.Email)],
        }, owed.Select(item => (item.Kind, item.To)));
        var waiting = next.Owed.Where(item => item.Kind is OwedKind.Waiting).ToArray();
        Assert.Equal(waiting.Length, waiting.DistinctBy(item => item.To).Count());
        Assert.Equal(
            (kind is PermissionActionKind.Appoint, before.Requests.Length != next.Requests.Length) switch
            {
                (true, _) => [Nick.Email],
                (_, true) => [Ada.Email],
                _ => (string[])[],
            },
            waiting.Where(item => item.About == entry).Select(item => item.To));
    }

    [Fact]
    public void Decide_WhenOneOfTwoPermissionsIsApproved_TheOtherGoesOnWaiting()
    {
        var organization = new Organization().After(Nick, PermissionActionKind.Request, Nick, Permissions.All).After(Ada, PermissionActionKind.Approve, Nick, Permissions.Host);

        Assert.Equal((Permissions.Host, Permissions.Join), (organization.Held(Nick), organization.PendingOf(Nick.Id)!.Permissions));
        Assert.Equal(Permissions.All, organization.After(Ada, PermissionActionKind.Approve, Nick).Held(Nick));
    }

    [Fact]
    public void Decide_WhenAConfiguredPermissionIsTakenAway_TheConfigurationGivesItNoMore()
    {
        var organization = new Organization().After(Ada, PermissionActionKind.TakeAway, Hanna, Permissions.Host);
        Assert.Equal(Permissions.Join, organization.Held(Hanna));

        var again = organization.After(Hanna, PermissionActionKind.Request, Hanna, Permissions.Host).After(Ada, PermissionActionKind.Approve, Hanna);
        Assert.Equal(Permissions.All, again.Held(Hanna));
    }

    [Fact]
    public void Decide_WhenTheLastAdministratorIsDismissed_Refuses()
    {
        var alone = new Organization();
        Assert.Equal(ProblemCodes.WrongState, CodeOf(alone.Decide(Ada, PermissionActionKind.Dismiss, Ada)));

        var two = alone.After(Ada, PermissionActionKind.Appoint, Nick);
        var one = two.After(Nick, PermissionActionKind.Dismiss, Ada);

        Assert.Equal((false, true), (one.IsAdministrator(Ada), one.IsAdministrator(Nick)));
        Assert.Equal(ProblemCodes.NotPermitted, CodeOf(one.Decide(Ada, PermissionActionKind.Appoint, Ada)));
        Assert.Equal(ProblemCodes.WrongState, CodeOf(one.Decide(Nick, PermissionActionKind.Dismiss, Nick)));
    }

    [Theory]
    [InlineData(PermissionActionKind.Approve)]
    [InlineData(PermissionActionKind.Deny)]
    [InlineData(PermissionActionKind.TakeAway)]
    [InlineData(PermissionActionKind.Appoint)]
    [InlineData(PermissionActionKind.Dismiss)]
    [InlineData(PermissionActionKind.Rebind)]
    public void Decide_WhenThePersonIsNotOfTheOrganization_Refuses(PermissionActionKind kind)
    {
        var bob = new Person(UserId.FromEmail("bob@fabrikam.example"), "Bob", "Fabrikam", "bob@fabrikam.example");

        Assert.Equal(ProblemCodes.UserNotFound, CodeOf(new Organization().Decide(Ada, kind, bob, Permissions.Join, belongs: false)));
    }

    [Fact]
    public void Decide_WhenNobodyHasSignedInWithTheAddress_CanAppointButNotBindAnew()
    {
        var organization = new Organization();

        Assert.IsType<OrganizationDecision.Change>(organization.Decide(Ada, PermissionActionKind.Appoint, Nick, hasAccount: false));
        Assert.Equal(ProblemCodes.UserNotFound, CodeOf(organization.Decide(Ada, PermissionActionKind.Rebind, Nick, hasAccount: false)));
    }

    [Fact]
    public void Decide_WhenThereIsNoAdministrator_TheRequestSaysHowToNameOne()
    {
        var settings = new OrganizationSettings { Name = "Contoso", Domains = ["contoso.example"] };

        var decision = OrganizationRules.Decide(new Organization(), settings, Nick, new OrganizationAction(PermissionActionKind.Request, Nick.Email, Permissions.Join, ""), new ActionTarget(Nick, true, true), Now);

        Assert.Contains("OrleansKd:Organizations", Assert.IsType<OrganizationDecision.Refuse>(decision).Refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(501, '.')]
    [InlineData(1, '\u202E')]
    [InlineData(1, '\u001b')]
    public void Decide_WhenTheReasonIsTooLongOrHidesSomething_Refuses(int length, char character)
    {
        var decision = new Organization().Decide(Nick, PermissionActionKind.Request, Nick, Permissions.Join, new string(character, length));

        Assert.Equal(ProblemCodes.InvalidRequest, CodeOf(decision));
    }

    [Fact]
    public void Decide_WhenALimitIsReached_SaysSoAndGoesOnTakingAway()
    {
        var requests = new Organization { Requests = [.. Enumerable.Range(0, OrganizationRules.RequestsLimit).Select(i => new PendingPermissions(PersonOf($"p{i}"), Permissions.Join, "", Now))] };
        Assert.Equal(ProblemCodes.LimitReached, CodeOf(requests.Decide(Nick, PermissionActionKind.Request, Nick, Permissions.Join)));

        var members = new Organization { Members = [.. Enumerable.Range(0, OrganizationRules.MembersLimit).Select(i => new Member($"p{i}@contoso.example"))] };
        Assert.Equal(ProblemCodes.LimitReached, CodeOf(members.Decide(Ada, PermissionActionKind.Appoint, Nick)));

        var administrators = new Organization { Members = [.. Enumerable.Range(1, OrganizationRules.AdministratorsLimit - 1).Select(i => new Member($"p{i}@contoso.example", Administrator: true))] };
        Assert.Equal(ProblemCodes.LimitReached, CodeOf(administrators.Decide(Ada, PermissionActionKind.Appoint, Nick)));

        var entry = new Organization().After(Ada, PermissionActionKind.Appoint, Joe).Unfiled[0];
        var owing = new Organization { Owed = [.. Enumerable.Repeat(new Owed(OwedKind.Mail, Ada.Email, "", entry), OrganizationRules.OwedLimit)] };
        Assert.Equal(ProblemCodes.Unavailable, CodeOf(owing.Decide(Nick, PermissionActionKind.Request, Nick, Permissions.Join)));
        Assert.IsType<OrganizationDecision.Change>(owing.Decide(Ada, PermissionActionKind.TakeAway, Joe, Permissions.Join));
    }

    [Fact]
    public void View_WhenSomeAreConfiguredAndSomeDecided_ShowsEverybodyOnce()
    {
        var view = OrganizationRules.View(new Organization().After(Ada, PermissionActionKind.TakeAway, Hanna, Permissions.Host), Contoso);

        Assert.Equal(
            [new("ada@contoso.example", Permissions.None, true, true), new("hanna@contoso.example", Permissions.Join, false, false), new("joe@contoso.example", Permissions.Join, false, true)],
            view.Members);
    }

    [Fact]
    public void State_WhenStored_IsTheSameAgain()
    {
        var organization = new Organization()
            .After(Nick, PermissionActionKind.Request, Nick, Permissions.All)
            .After(Ada, PermissionActionKind.TakeAway, Joe, Permissions.Join)
            .After(Ada, PermissionActionKind.Appoint, Hanna);

        var restored = OrganizationState.Of(organization).Restore();

        Assert.Equivalent(organization, restored, strict: true);
        Assert.Equal(organization.Owed, restored.Owed);
        Assert.Equal(organization.Members, restored.Members);
        Assert.Throws<System.Text.Json.JsonException>(() => new OrganizationState { State = "{" }.Restore());
    }

    /// <summary>The limits are such that the fullest organization fits one stored row.</summary>
    [Fact]
    public void State_WhenEveryLimitIsReached_FitsARow()
    {
        var reason = new string('ä', Limits.ReasonLength);
        var entry = new PermissionLogEntry(1, Now, PermissionActionKind.TakeAway, Ada, Nick, Permissions.All, "left the team");
        var full = new Organization
        {
            Members = [.. Enumerable.Range(0, OrganizationRules.MembersLimit).Select(i => new Member($"somebody.with-a-long.name{i}@department.contoso.example", Permissions.All, Permissions.None, true))],
            Requests = [.. Enumerable.Range(0, OrganizationRules.RequestsLimit).Select(i => new PendingPermissions(PersonOf($"somebody.with-a-long.name{i}"), Permissions.All, reason, Now))],
            Owed = [.. Enumerable.Range(0, OrganizationRules.OwedLimit).Select(i => new Owed(OwedKind.Mail, Ada.Email, Ada.Name, entry))],
        };

        var stored = OrganizationState.Of(full).State!;

        // The provider's serializer writes quotation marks with a backslash.
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(stored) + stored.Count(c => c is '"' or '\\'), 0, 960 * 1024);
    }

    /// <summary>Nick holds and waits for exactly this.</summary>
    private static Organization NickWith(Permissions held, Permissions asked)
    {
        var organization = new Organization();
        if (held is not Permissions.None)
            organization = organization.After(Nick, PermissionActionKind.Request, Nick, held).After(Ada, PermissionActionKind.Approve, Nick);
        return asked is Permissions.None ? organization : organization.After(Nick, PermissionActionKind.Request, Nick, asked);
    }
}
