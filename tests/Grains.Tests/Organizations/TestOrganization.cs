using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;

namespace OrleansKd.Grains.Tests.Organizations;

/// <summary>Contoso and its people in the words of the product.</summary>
internal static class TestOrganization
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    public static readonly OrganizationSettings Contoso = new()
    {
        Name = "Contoso",
        Domains = ["contoso.example"],
        Administrators = ["ada@contoso.example"],
        Hosts = ["Hanna@Contoso.example"],
        Joiners = ["hanna@contoso.example", "joe@contoso.example"],
    };

    /// <summary>Configured as the administrator.</summary>
    public static readonly Person Ada = PersonOf("ada");

    /// <summary>Configured to host and join.</summary>
    public static readonly Person Hanna = PersonOf("hanna");

    /// <summary>Configured to join.</summary>
    public static readonly Person Joe = PersonOf("joe");

    /// <summary>Nothing is configured about them.</summary>
    public static readonly Person Nick = PersonOf("nick");

    public static Person PersonOf(string name) => new(UserId.FromEmail($"{name}@contoso.example"), name, "Contoso", $"{name}@contoso.example");

    public static OrganizationDecision Decide(this Organization organization, Person caller, PermissionActionKind kind, Person whom, Permissions permissions = Permissions.None, string reason = "", bool belongs = true, bool hasAccount = true) =>
        OrganizationRules.Decide(organization, Contoso, caller, new OrganizationAction(kind, whom.Email, permissions, reason), new ActionTarget(whom, belongs, hasAccount), Now);

    public static Organization After(this Organization organization, Person caller, PermissionActionKind kind, Person whom, Permissions permissions = Permissions.None) =>
        organization.Decide(caller, kind, whom, permissions) switch
        {
            OrganizationDecision.Change change => change.Next,
            OrganizationDecision.Nothing => organization,
            var refused => throw new InvalidOperationException($"{refused}"),
        };

    public static Permissions Held(this Organization organization, Person person) => organization.MemberOf(person.Id, person.Email).HeldPermissions(Contoso);

    public static bool IsAdministrator(this Organization organization, Person person) => OrganizationRules.IsAdministrator(organization, Contoso, person.Id);

    public static string? CodeOf(OrganizationDecision decision) => (decision as OrganizationDecision.Refuse)?.Refusal.Code;
}
