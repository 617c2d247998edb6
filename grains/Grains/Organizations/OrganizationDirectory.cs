using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>Who belongs where, and what the configuration alone says of an address (rule A1). Pure.</summary>
public static class OrganizationDirectory
{
    /// <summary>The organization that names the address's domain; null when none does.</summary>
    internal static OrganizationSettings? OfDomain(OrganizationOptions options, string email) =>
        options.Organizations.FirstOrDefault(organization => Has(organization.Domains, DomainOf(email)));

    /// <summary>The organization of an account: that of its address's domain, else the one whose tenant it signs in at; null: none.</summary>
    internal static OrganizationSettings? OfAccount(OrganizationOptions options, string email, string? issuer) =>
        OfDomain(options, email) ?? options.Organizations.FirstOrDefault(organization => issuer is not null && organization.Tenants.Contains(issuer, StringComparer.Ordinal));

    internal static OrganizationSettings? Find(OrganizationOptions options, OrganizationId id) =>
        options.Organizations.FirstOrDefault(organization => IdOf(organization) == id);

    public static OrganizationId IdOf(OrganizationSettings organization) =>
        OrganizationId.From(organization.Id.Length > 0 ? organization.Id : organization.Name);

    /// <summary>The issuer's word alone makes an address of this organization's domains count.</summary>
    internal static bool IsAuthoritative(OrganizationSettings organization, string issuer) =>
        organization.Issuers.Contains(issuer, StringComparer.Ordinal) || organization.Tenants.Contains(issuer, StringComparer.Ordinal);

    internal static bool NamesIssuers(OrganizationSettings organization) => organization.Issuers.Count > 0 || organization.Tenants.Count > 0;

    internal static Permissions ConfiguredPermissions(OrganizationSettings organization, string email) =>
        (Has(organization.Hosts, email) ? Permissions.Host : Permissions.None) | (Has(organization.Joiners, email) ? Permissions.Join : Permissions.None);

    internal static bool IsConfiguredAdministrator(OrganizationSettings organization, string email) => Has(organization.Administrators, email);

    /// <summary>What is wrong with the configuration, one sentence with the fix for each; empty when nothing is.</summary>
    public static IReadOnlyList<string> Check(OrganizationOptions options)
    {
        List<string> wrong = [];
        for (var i = 0; i < options.Organizations.Count; i++)
        {
            var (organization, place) = (options.Organizations[i], $"OrleansKd:Organizations:{i}");
            if (string.IsNullOrWhiteSpace(organization.Name))
                wrong.Add($"{place}:Name is empty; set it to the company's name.");
            foreach (var other in options.Organizations.Take(i))
            {
                if (IdOf(other) == IdOf(organization))
                    wrong.Add($"{place} and another organization are both stored as '{IdOf(organization)}'; give one of them an Id of its own.");
                foreach (var domain in organization.Domains.Where(domain => Has(other.Domains, domain)))
                    wrong.Add($"{place}:Domains names {domain}, which {other.Name} names, too; a domain belongs to one organization.");
                foreach (var tenant in organization.Tenants.Where(tenant => other.Tenants.Contains(tenant, StringComparer.Ordinal)))
                    wrong.Add($"{place}:Tenants names {tenant}, which {other.Name} names, too; a tenant belongs to one organization. Name a sign-in that several share in Issuers.");
            }
            foreach (var email in organization.Administrators.Where(email => !string.IsNullOrWhiteSpace(email) && !MayAdminister(options, organization, email)))
                wrong.Add($"{place}:Administrators names '{email}', which is no address of {organization.Name}; add its domain to {place}:Domains, or name another one.");
        }
        return wrong;
    }

    private static bool MayAdminister(OrganizationOptions options, OrganizationSettings organization, string email) =>
        email.LastIndexOf('@') > 0 && (OfDomain(options, email) is { } owner ? owner == organization : organization.Tenants.Count > 0);

    private static string DomainOf(string email) => email[(email.LastIndexOf('@') + 1)..].Trim();

    private static bool Has(List<string> list, string item) => list.Any(one => UserId.Normalize(one) == UserId.Normalize(item));
}
