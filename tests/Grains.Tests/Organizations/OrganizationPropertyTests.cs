using CsCheck;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;
using OrleansKd.Grains.Users;
using static OrleansKd.Grains.Tests.Organizations.TestOrganization;

namespace OrleansKd.Grains.Tests.Organizations;

/// <summary>What holds whatever people do, in whatever order.</summary>
public sealed class OrganizationPropertyTests
{
    private static readonly Person[] People = [Ada, Hanna, Joe, Nick];

    private static readonly Gen<(Person Caller, PermissionActionKind Kind, Person Whom, Permissions Permissions)> Step =
        Gen.Select(Gen.Int[0, 3].Select(i => People[i]), Gen.Int[1, 7].Select(i => (PermissionActionKind)i), Gen.Int[0, 3].Select(i => People[i]), Gen.Int[0, 3].Select(i => (Permissions)i));

    [Fact]
    public void Decisions_WhateverTheirOrder_KeepAnAdministratorAndALogThatExplainsEverything() => Step.Array[0, 60].Sample(steps =>
    {
        var organization = new Organization();
        List<PermissionLogEntry> log = [];
        foreach (var (caller, kind, whom, permissions) in steps)
        {
            var mayDecide = organization.IsAdministrator(caller);
            var decision = organization.Decide(caller, kind, whom, permissions);
            if (decision is not OrganizationDecision.Change { Next: var next })
                continue;
            Assert.True(mayDecide || (kind is PermissionActionKind.Request && caller == whom));
            log.Add(next.Unfiled[^1]);
            organization = next;
            Assert.NotEmpty(OrganizationRules.AdministratorsOf(organization, Contoso));
            Assert.All(organization.Members, member => Assert.Equal(Permissions.None, member.Given & member.Taken));
            Assert.Equal(organization.Members.Length, organization.Members.DistinctBy(member => member.Id).Count());
            Assert.Equal(organization.Requests.Length, organization.Requests.DistinctBy(request => request.User.Id).Count());
        }
        Assert.Equal(Enumerable.Range(1, log.Count).Select(i => (long)i), log.Select(entry => entry.Number));
        foreach (var person in People)
            Assert.Equal(HeldByLog(person, log), organization.Held(person));
    });

    /// <summary>Orders may be lost for a while, repeated and overtaken; in the end the account says what the organization says.</summary>
    [Fact]
    public void Account_WhateverBecomesOfOrdersOnTheirWay_EndsWithWhatTheOrganizationDecided() => Gen.Select(Step.Array[0, 40], Gen.Bool.Array[200], Gen.Int[0, 1_000_000]).Sample((steps, arrives, seed) =>
    {
        var options = new OrganizationOptions { Organizations = [Contoso] };
        var id = OrganizationDirectory.IdOf(Contoso);
        var organization = new Organization();
        var account = new UserState { Issuer = "i", Subject = "s", Email = Nick.Email, Name = Nick.Name };
        List<Owed> waiting = [];
        var random = new Random(seed);
        var turn = 0;
        foreach (var (caller, kind, whom, permissions) in steps)
        {
            if (organization.Decide(caller, kind, whom, permissions) is not OrganizationDecision.Change { Next: var next })
                continue;
            waiting.AddRange(next.Owed[organization.Owed.Length..].Where(owed => owed.Kind is OwedKind.Account && owed.To == Nick.Email));
            organization = next with { Owed = [] };
            foreach (var owed in waiting.OrderBy(_ => random.Next()).ToArray())
            {
                if (arrives[turn++ % arrives.Length])
                    account = UserRules.Apply(account, OrganizationRules.OrderFor(organization, id, owed), options);
            }
        }
        foreach (var owed in waiting)
            account = UserRules.Apply(account, OrganizationRules.OrderFor(organization, id, owed), options);

        var seen = UserRules.AccountOf(account, Nick.Id, options);
        var held = organization.Held(Nick);
        Assert.Equal(
            (held.HasFlag(Permissions.Host), held.HasFlag(Permissions.Join), organization.IsAdministrator(Nick)),
            (seen.MayHost, seen.MayJoin, seen.IsAdministrator));
    });

    private static Permissions HeldByLog(Person person, List<PermissionLogEntry> log) => log.Where(entry => entry.Whom == person).Aggregate(
        OrganizationDirectory.ConfiguredPermissions(Contoso, person.Email),
        (held, entry) => entry.Kind switch
        {
            PermissionActionKind.Approve => held | entry.Permissions,
            PermissionActionKind.TakeAway => held & ~entry.Permissions,
            _ => held,
        });
}
