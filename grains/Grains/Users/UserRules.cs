using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Users;

/// <summary>Who an account is and what it may do (rules A1, A2). Pure.</summary>
internal static class UserRules
{
    /// <summary>Null when the identity may use this account; its first use binds it to issuer and subject.</summary>
    public static Refusal? CheckSignIn(UserState state, ProvenIdentity identity, OrganizationOptions options)
    {
        if (OrganizationOf(identity.Email, options) is { Issuers: { Count: > 0 } issuers } organization && !issuers.Contains(identity.Issuer, StringComparer.Ordinal))
            return new Refusal(ProblemCodes.NotSignedIn, $"{identity.Issuer} is not configured to speak for addresses of {organization.Name}. Sign in with your organization's own provider.");
        if (state.Issuer is null || (state.Issuer == identity.Issuer && state.Subject == identity.Subject))
            return null;
        return new Refusal(ProblemCodes.NotSignedIn, $"{state.Email} belongs to another sign-in. An administrator has to bind the address anew before this one can use it.");
    }

    public static Account AccountOf(UserState state, UserId id, OrganizationOptions options)
    {
        var organization = OrganizationOf(state.Email, options);
        return new Account(
            new Person(id, state.Name, organization?.Name ?? "", state.Email),
            MayHost: organization is not null && Has(organization.Hosts, state.Email),
            MayJoin: options.Organizations.Any(any => Has(any.Joiners, state.Email)),
            IsAdministrator: organization is not null && Has(organization.Administrators, state.Email));
    }

    private static OrganizationSettings? OrganizationOf(string email, OrganizationOptions options)
    {
        var domain = email[(email.LastIndexOf('@') + 1)..];
        return options.Organizations.FirstOrDefault(organization => Has(organization.Domains, domain));
    }

    private static bool Has(List<string> list, string item) => list.Contains(item, StringComparer.OrdinalIgnoreCase);
}
