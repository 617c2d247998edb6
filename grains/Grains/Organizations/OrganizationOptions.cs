namespace OrleansKd.Grains.Organizations;

/// <summary>
/// The organizations of this deployment, section <c>OrleansKd</c>; read again when the settings change. Addresses are compared without
/// regard to case. <see cref="OrganizationDirectory.Check"/> says at start what is wrong; whatever is here while the server runs has a
/// meaning: the first that fits.
/// </summary>
public sealed class OrganizationOptions
{
    public List<OrganizationSettings> Organizations { get; init; } = [];
}

/// <summary>One organization: a company with its mail domains, its sign-ins, and the people who may do something at first.</summary>
public sealed class OrganizationSettings
{
    /// <summary>
    /// What its decisions are stored under. Empty: <see cref="Name"/>; set it to the old name when the name changes, or the decisions are
    /// left behind.
    /// </summary>
    public string Id { get; init; } = "";

    /// <summary>The company's name as people see it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Mail domains, such as <c>contoso.example</c>. An address belongs to the organization that names its domain.</summary>
    public List<string> Domains { get; init; } = [];

    /// <summary>
    /// Issuers whose word about addresses of these domains counts, without further proof. When there are any (or <see cref="Tenants"/>), no
    /// other issuer's word about these domains counts; when there are none, a token has to carry proof of its address.
    /// </summary>
    public List<string> Issuers { get; init; } = [];

    /// <summary>
    /// Issuers that are this organization's alone, such as its tenant's: whoever signs in there, with an address whose domain nobody names,
    /// is one of its people. They count as <see cref="Issuers"/>, too. Never a sign-in that several organizations share.
    /// </summary>
    public List<string> Tenants { get; init; } = [];

    /// <summary>Addresses of the first administrators; they sign in with that address, and may appoint others.</summary>
    public List<string> Administrators { get; init; } = [];

    /// <summary>Addresses that may host sessions until an administrator decides otherwise.</summary>
    public List<string> Hosts { get; init; } = [];

    /// <summary>Addresses that may join sessions until an administrator decides otherwise.</summary>
    public List<string> Joiners { get; init; } = [];
}
