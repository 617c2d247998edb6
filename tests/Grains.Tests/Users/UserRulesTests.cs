using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;
using OrleansKd.Grains.Users;

namespace OrleansKd.Grains.Tests.Users;

public sealed class UserRulesTests
{
    private static readonly OrganizationOptions Options = new()
    {
        Organizations =
        [
            new OrganizationSettings { Name = "Contoso", Domains = ["contoso.example"], Issuers = ["https://contoso-issuer.example"], Tenants = ["https://contoso-tenant.example"], Hosts = ["Ann@Contoso.example"], Administrators = ["ann@contoso.example"] },
            new OrganizationSettings { Name = "Fabrikam", Domains = ["fabrikam.example"], Joiners = ["bob@fabrikam.example", "guest@elsewhere.example"] },
        ],
    };

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Limits.ListedSessions - 1, false)]
    [InlineData(Limits.ListedSessions, true)]
    public void AccountOf_WhenManySessionsAreInTheList_SaysThatItIsFull(int sessions, bool isFull)
    {
        string[] ids = [.. Enumerable.Range(0, sessions).Select(i => $"{i}")];

        Assert.All([new UserState { Sessions = [.. ids] }, new UserState { Email = "ann@contoso.example", Issuer = "https://contoso-issuer.example", Sessions = [.. ids] }],
            state => Assert.Equal(isFull, UserRules.AccountOf(state, UserId.FromEmail("ann@contoso.example"), Options).IsListFull));
    }

    /// <summary>An address counts by its own organization's issuer, or by proof where the organization names none; never otherwise (rule A1).</summary>
    [Theory]
    [InlineData("ann@contoso.example", "https://contoso-issuer.example", false, true)]
    [InlineData("ann@contoso.example", "https://contoso-tenant.example", false, true)]
    [InlineData("ann@contoso.example", "https://evil-tenant.example", false, false)]
    [InlineData("ann@contoso.example", "https://evil-tenant.example", true, false)]
    [InlineData("bob@fabrikam.example", "https://issuer.example", true, true)]
    [InlineData("bob@fabrikam.example", "https://issuer.example", false, false)]
    [InlineData("bob@fabrikam.example", "https://contoso-tenant.example", false, false)]
    [InlineData("eve@elsewhere.example", "https://issuer.example", true, true)]
    [InlineData("eve@elsewhere.example", "https://issuer.example", false, false)]
    [InlineData("eve@elsewhere.example", "https://contoso-tenant.example", false, false)]
    public void CheckSignIn_WhenTheAddressIsNotBound_CountsByAuthorityOrProof(string email, string issuer, bool isProven, bool isAccepted)
    {
        var refusal = UserRules.CheckSignIn(new UserState(), new ProvenIdentity(issuer, "s", email, "Somebody", isProven), Options, Now);

        Assert.Equal(isAccepted ? null : ProblemCodes.NotSignedIn, refusal?.Code);
    }

    [Theory]
    [InlineData("https://issuer.example", "bob", true)]
    [InlineData("https://issuer.example", "somebody-else", false)]
    [InlineData("https://other.example", "bob", false)]
    public void CheckSignIn_WhenTheAccountIsBound_AcceptsOnlyThatIssuerAndSubject(string issuer, string subject, bool isAccepted)
    {
        var refusal = UserRules.CheckSignIn(Bob, new ProvenIdentity(issuer, subject, "bob@fabrikam.example", "Bob", IsProven: true), Options, Now);

        Assert.Equal(isAccepted, refusal is null);
        Assert.True(isAccepted || refusal!.Code == ProblemCodes.NotSignedIn);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void CheckSignIn_WhenAnAdministratorBindsAnew_LetsAnotherIdentityInUntilTheTimeIsOver(int secondsAfter, bool isAccepted)
    {
        var open = UserRules.Apply(Bob, Order(Fabrikam, 1, PermissionActionKind.Rebind), Options);
        var other = new ProvenIdentity("https://issuer.example", "new-bob", "bob@fabrikam.example", "Bob", IsProven: true);

        var refusal = UserRules.CheckSignIn(open, other, Options, Now + UserRules.RebindLasts + TimeSpan.FromSeconds(secondsAfter));

        Assert.Equal(isAccepted, refusal is null);
    }

    [Fact]
    public void Bind_WhenAnotherIdentityTakesTheAccountOver_ShutsTheFirstOneOut()
    {
        var open = UserRules.Apply(Bob, Order(Fabrikam, 1, PermissionActionKind.Rebind), Options);
        var first = new ProvenIdentity("https://issuer.example", "bob", "bob@fabrikam.example", "Bob", IsProven: true);
        var second = first with { Subject = "new-bob" };

        Assert.Null(UserRules.CheckSignIn(UserRules.Bind(open, first), second, Options, Now));
        var bound = UserRules.Bind(open, second);

        Assert.Null(UserRules.CheckSignIn(bound, second, Options, Now));
        Assert.NotNull(UserRules.CheckSignIn(bound, first, Options, Now));
    }

    [Theory]
    [InlineData("ann@contoso.example", "https://contoso-issuer.example", "Contoso")]
    [InlineData("ann@CONTOSO.example", "https://contoso-issuer.example", "Contoso")]
    [InlineData("ann@labs.example", "https://contoso-tenant.example", "Contoso")]
    [InlineData("bob@fabrikam.example", "https://contoso-tenant.example", "Fabrikam")]
    [InlineData("eve@elsewhere.example", "https://contoso-issuer.example", "")]
    [InlineData("eve@sub.contoso.example", "https://issuer.example", "")]
    public void AccountOf_WhenItHasADomainOrATenant_IsThatOrganizations(string email, string issuer, string company)
    {
        var account = UserRules.AccountOf(new UserState { Email = email, Issuer = issuer }, UserId.FromEmail(email), Options);

        Assert.Equal(company, account.Person.Company);
        Assert.Equal(company.Length > 0, account.Organization is not null);
    }

    [Fact]
    public void AccountOf_WhenTheAddressBelongsToNoOrganization_MayJoinButNotHost()
    {
        var account = UserRules.AccountOf(new UserState { Email = "guest@elsewhere.example", Name = "Guest" }, UserId.FromEmail("guest@elsewhere.example"), Options);

        Assert.Equal((false, true, false, ""), (account.MayHost, account.MayJoin, account.IsAdministrator, account.Person.Company));
    }

    [Fact]
    public void AccountOf_WhenCaseDiffers_IsTheSameAddress()
    {
        var account = UserRules.AccountOf(new UserState { Email = "ann@contoso.example", Name = "Ann" }, UserId.FromEmail("ann@contoso.example"), Options);

        Assert.True(account is { MayHost: true, IsAdministrator: true, MayJoin: false });
    }

    [Fact]
    public void AccountOf_WhenAnotherOrganizationDecided_GoesByTheConfiguration()
    {
        var decided = UserRules.Apply(Bob, Order(Fabrikam, 1, PermissionActionKind.TakeAway, taken: Permissions.Join), Options);
        Assert.False(UserRules.AccountOf(decided, BobId, Options).MayJoin);

        var moved = new OrganizationOptions { Organizations = [new OrganizationSettings { Name = "New Fabrikam", Domains = ["fabrikam.example"], Joiners = ["bob@fabrikam.example"] }] };

        Assert.True(UserRules.AccountOf(decided, BobId, moved) is { MayJoin: true, LastDecision: null });
    }

    [Fact]
    public void Apply_WhenOrdersAreOldOrOfAnotherOrganization_ChangesNothing()
    {
        var newest = UserRules.Apply(Bob, Order(Fabrikam, 7, PermissionActionKind.Approve, given: Permissions.Host), Options);

        Assert.Same(newest, UserRules.Apply(newest, Order(Fabrikam, 7, PermissionActionKind.TakeAway), Options));
        Assert.Same(newest, UserRules.Apply(newest, Order(Fabrikam, 6, PermissionActionKind.TakeAway), Options));
        Assert.Same(newest, UserRules.Apply(newest, Order(Contoso, 8, PermissionActionKind.TakeAway), Options));
        // A decision to bind anew that comes after a newer one counts all the same.
        Assert.NotNull(UserRules.Apply(newest, Order(Fabrikam, 5, PermissionActionKind.Rebind), Options).RebindUntil);
    }

    [Fact]
    public void Apply_WhenNobodyHasSignedInYet_IsThereAtTheFirstSignIn()
    {
        var waiting = UserRules.Apply(new UserState(), Order(Fabrikam, 1, PermissionActionKind.Appoint, administrator: true), Options);

        var bound = UserRules.Bind(waiting, new ProvenIdentity("https://issuer.example", "carl", "carl@fabrikam.example", "Carl", IsProven: true));

        Assert.True(UserRules.AccountOf(bound, UserId.FromEmail("carl@fabrikam.example"), Options).IsAdministrator);
    }

    /// <summary>What a change of decisions or of the configuration leaves to tell (rule A4).</summary>
    [Fact]
    public void TellSessions_WhenWhatTheUserMayDoChanges_OwesItToAllOfThem()
    {
        var user = UserRules.TellSessions(Bob with { Sessions = ["s1", "s2"] }, Options);
        Assert.Equal((Permissions.Join, 2), (user.Known!.Value, user.Untold.Count));
        Assert.Same(user, UserRules.TellSessions(user, Options));

        var told = user with { Untold = [] };
        var taken = UserRules.TellSessions(UserRules.Apply(told, Order(Fabrikam, 1, PermissionActionKind.TakeAway, taken: Permissions.Join), Options), Options);
        Assert.Equal(["s1", "s2"], taken.Untold);

        var unnamed = new OrganizationOptions { Organizations = [new OrganizationSettings { Name = "Fabrikam", Domains = ["fabrikam.example"] }] };
        Assert.Equal(["s1", "s2"], UserRules.TellSessions(told, unnamed).Untold);
    }

    [Fact]
    public void AddSession_WhenTheUserMayNotDoEverything_OwesItToTheSession()
    {
        var guest = UserRules.AddSession(Bob, "s1", Options);
        Assert.Equal("s1", Assert.Single(guest.Sessions));
        Assert.Equal("s1", Assert.Single(guest.Untold));
        Assert.Same(guest, UserRules.AddSession(guest, "s1", Options));

        var everything = UserRules.Apply(Bob, Order(Fabrikam, 1, PermissionActionKind.Approve, given: Permissions.All), Options);
        Assert.Empty(UserRules.AddSession(everything, "s1", Options).Untold);
    }

    /// <summary>Two addresses never share a grain or a row, also where a table replaces characters of a key.</summary>
    [Theory]
    [InlineData("a/b@x.example", "a_b@x.example")]
    [InlineData("a#b@x.example", "a?b@x.example")]
    [InlineData("a=002fb@x.example", "a/b@x.example")]
    [InlineData("ä@x.example", "a@x.example")]
    public void UserId_WhenAddressesDiffer_Differs(string one, string other)
    {
        static string Sanitised(string email) => UserId.FromEmail(email).ToString().Replace('/', '_').Replace('\\', '_').Replace('#', '_').Replace('?', '_');

        Assert.NotEqual(Sanitised(one), Sanitised(other));
        Assert.Equal(UserId.FromEmail(one), UserId.FromEmail($"  {one.ToUpperInvariant()} "));
    }

    private static readonly OrganizationId Contoso = OrganizationId.From("Contoso");
    private static readonly OrganizationId Fabrikam = OrganizationId.From("Fabrikam");
    private static readonly UserId BobId = UserId.FromEmail("bob@fabrikam.example");
    private static readonly UserState Bob = new() { Issuer = "https://issuer.example", Subject = "bob", Email = "bob@fabrikam.example", Name = "Bob" };

    private static PermissionOrder Order(OrganizationId by, long number, PermissionActionKind kind, Permissions given = Permissions.None, Permissions taken = Permissions.None, bool? administrator = null)
    {
        var person = new Person(BobId, "Bob", "Fabrikam", "bob@fabrikam.example");
        return new PermissionOrder(by, given, taken, administrator, new PermissionLogEntry(number, Now, kind, person, person, given | taken, ""));
    }
}
