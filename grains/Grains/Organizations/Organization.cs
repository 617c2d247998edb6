using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>What an organization has decided, and what it owes to others because of it. Immutable; <see cref="OrganizationRules"/> makes the next one.</summary>
internal sealed record Organization
{
    /// <summary>Of the newest log entry.</summary>
    public long LastNumber { get; init; }

    /// <summary>Those about whom something is decided; the configuration speaks for everybody else.</summary>
    public Member[] Members { get; init; } = [];

    /// <summary>Who waits for a decision, oldest first.</summary>
    public PendingPermissions[] Requests { get; init; } = [];

    /// <summary>The log's newest entries, until their page has them.</summary>
    public PermissionLogEntry[] Unfiled { get; init; } = [];

    /// <summary>What others have to be told still, oldest first; taken out once they have it.</summary>
    public Owed[] Owed { get; init; } = [];

    public Member MemberOf(UserId id, string email) => Members.FirstOrDefault(member => member.Id == id) ?? new Member(email);

    public PendingPermissions? PendingOf(UserId id) => Requests.FirstOrDefault(request => request.User.Id == id);
}

/// <param name="Email">Normalized.</param>
/// <param name="Given">Beyond what the configuration gives.</param>
/// <param name="Taken">Of what the configuration gives; never of <paramref name="Given"/>.</param>
/// <param name="Administrator">Null: as configured.</param>
internal sealed record Member(string Email, Permissions Given = Permissions.None, Permissions Taken = Permissions.None, bool? Administrator = null)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public UserId Id => UserId.FromEmail(Email);

    public bool IsAdministrator(OrganizationSettings settings) => Administrator ?? OrganizationDirectory.IsConfiguredAdministrator(settings, Email);

    public Permissions HeldPermissions(OrganizationSettings settings) => (OrganizationDirectory.ConfiguredPermissions(settings, Email) | Given) & ~Taken;

    public Member Give(Permissions permissions) => this with { Given = Given | permissions, Taken = Taken & ~permissions };

    public Member Take(Permissions permissions) => this with { Given = Given & ~permissions, Taken = Taken | permissions };
}

/// <summary>The numbers are stored.</summary>
internal enum OwedKind
{
    /// <summary>The person's account takes over the decision.</summary>
    Account = 1,

    /// <summary>A mail about it.</summary>
    Mail = 2,

    /// <summary>An administrator's account is told how many people wait.</summary>
    Waiting = 3,
}

/// <param name="To">Address of the person who has to be told.</param>
internal sealed record Owed(OwedKind Kind, string To, string ToName, PermissionLogEntry About);
