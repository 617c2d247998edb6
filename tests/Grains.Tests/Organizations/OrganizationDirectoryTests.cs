using OrleansKd.Grains.Organizations;

namespace OrleansKd.Grains.Tests.Organizations;

public sealed class OrganizationDirectoryTests
{
    [Fact]
    public void Check_WhenEverythingIsRight_FindsNothing() => Assert.Empty(OrganizationDirectory.Check(new OrganizationOptions
    {
        Organizations =
        [
            new() { Name = "Contoso", Domains = ["contoso.example"], Issuers = ["https://shared.example"], Administrators = ["ada@contoso.example"] },
            new() { Name = "Fabrikam", Tenants = ["https://fabrikam.example"], Issuers = ["https://shared.example"], Administrators = ["any@address.example"] },
        ],
    }));

    [Theory]
    [InlineData("", "", "x.example", "", "", "Organizations:1:Name is empty")]
    [InlineData("", "CONTOSO", "x.example", "", "", "give one of them an Id")]
    [InlineData("contoso", "Other", "x.example", "", "", "give one of them an Id")]
    [InlineData("", "Other", "Contoso.example", "", "", "contoso.example", true)]
    [InlineData("", "Other", "x.example", "https://tenant.example", "", "https://tenant.example")]
    [InlineData("", "Other", "x.example", "", "ada@contoso.example", "ada@contoso.example")]
    [InlineData("", "Other", "x.example", "", "ada@elsewhere.example", "ada@elsewhere.example")]
    [InlineData("", "Other", "x.example", "", "ada", "'ada'")]
    public void Check_WhenTheSecondOrganizationIsWrong_NamesThePlace(string id, string name, string domain, string tenant, string administrator, string named, bool ignoreCase = false)
    {
        var options = new OrganizationOptions
        {
            Organizations =
            [
                new() { Name = "Contoso", Domains = ["contoso.example"], Tenants = ["https://tenant.example"], Administrators = ["ada@contoso.example"] },
                new() { Id = id, Name = name, Domains = [domain], Tenants = [.. new[] { tenant }.Where(text => text.Length > 0)], Administrators = [.. new[] { administrator }.Where(text => text.Length > 0)] },
            ],
        };

        var wrong = OrganizationDirectory.Check(options);

        Assert.Contains(wrong, sentence => sentence.Contains(named, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            && sentence.Contains("OrleansKd:Organizations:1", StringComparison.Ordinal));
    }
}
