using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Users;

namespace OrleansKd.Grains.Tests.Users;

public sealed class UserRulesTests
{
    private static readonly OrganizationOptions Options = new()
    {
        Organizations =
        [
            new OrganizationSettings { Name = "Contoso", Domains = ["contoso.example"], Issuers = ["https://contoso-issuer.example"], Hosts = ["Ann@Contoso.example"], Administrators = ["ann@contoso.example"] },
            new OrganizationSettings { Name = "Fabrikam", Domains = ["fabrikam.example"], Joiners = ["bob@fabrikam.example", "guest@elsewhere.example"] },
        ],
    };

    [Theory]
    [InlineData("https://contoso-issuer.example", true)]
    [InlineData("https://evil-tenant.example", false)]
    public void CheckSignIn_WhenAnIssuerIsNotAuthoritativeForTheDomain_IsRefused(string issuer, bool isAccepted)
    {
        var refusal = UserRules.CheckSignIn(new UserState(), new ProvenIdentity(issuer, "s", "ann@contoso.example", "Ann"), Options);

        Assert.Equal(isAccepted, refusal is null);
    }

    [Theory]
    [InlineData("https://issuer.example", "bob", true)]
    [InlineData("https://issuer.example", "somebody-else", false)]
    [InlineData("https://other.example", "bob", false)]
    public void CheckSignIn_WhenTheAccountIsBound_AcceptsOnlyThatIssuerAndSubject(string issuer, string subject, bool isAccepted)
    {
        var bound = new UserState { Issuer = "https://issuer.example", Subject = "bob", Email = "bob@fabrikam.example" };

        var refusal = UserRules.CheckSignIn(bound, new ProvenIdentity(issuer, subject, "bob@fabrikam.example", "Bob"), Options);

        Assert.Equal(isAccepted, refusal is null);
        Assert.True(isAccepted || refusal!.Code == ProblemCodes.NotSignedIn);
    }

    [Fact]
    public void AccountOf_WhenTheAddressBelongsToNoOrganization_MayJoinButNotHost()
    {
        var account = UserRules.AccountOf(new UserState { Email = "guest@elsewhere.example", Name = "Guest" }, UserId.FromEmail("guest@elsewhere.example"), Options);

        Assert.Equal((false, true, ""), (account.MayHost, account.MayJoin, account.Person.Company));
    }

    [Fact]
    public void AccountOf_WhenCaseDiffers_IsTheSameAddress()
    {
        var account = UserRules.AccountOf(new UserState { Email = "ann@contoso.example", Name = "Ann" }, UserId.FromEmail("ann@contoso.example"), Options);

        Assert.True(account is { MayHost: true, IsAdministrator: true, MayJoin: false });
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
}
