namespace OrleansKd.Grains.Users;

/// <summary>The organizations of this deployment, section <c>OrleansKd</c>. Addresses are compared without regard to case.</summary>
public sealed class OrganizationOptions
{
    public List<OrganizationSettings> Organizations { get; init; } = [];
}

/// <summary>One organization: a company with its mail domains and the people who may do something.</summary>
public sealed class OrganizationSettings
{
    /// <summary>The company's name as people see it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Mail domains, such as <c>contoso.example</c>.</summary>
    public List<string> Domains { get; init; } = [];

    /// <summary>Issuers whose word about addresses of these domains counts; empty: any configured authority with a verified address.</summary>
    public List<string> Issuers { get; init; } = [];

    /// <summary>Addresses of administrators.</summary>
    public List<string> Administrators { get; init; } = [];

    /// <summary>Addresses that may host sessions.</summary>
    public List<string> Hosts { get; init; } = [];

    /// <summary>Addresses that may join sessions.</summary>
    public List<string> Joiners { get; init; } = [];
}
