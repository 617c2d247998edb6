using Orleans.Concurrency;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Organizations;

/// <summary>
/// One organization: who asked for what, who may do what, who administers, and the log of it (rules A2, A3); key: text of an
/// <see cref="OrganizationId"/>. What it decides it owes to the person's account and to mail outboxes, durably, until they have it.
/// Whoever calls has proved the caller's identity, and that the caller belongs to this organization.
/// </summary>
[Alias("OrleansKd.IOrganizationGrain")]
public interface IOrganizationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Decides and records; when it returns, the account has it, unless that account can't be reached now: then it gets it as soon as it can.
    /// What is so already is done and recorded no second time.
    /// </summary>
    [Alias("Act"), ResponseTimeout("00:00:15")]
    Task<Outcome<Done>> Act(Person caller, OrganizationAction action);

    /// <summary>Refused to anybody but its administrators.</summary>
    [Alias("View"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<OrganizationView>> View(UserId caller);

    /// <summary>Null when this person waits for nothing.</summary>
    [Alias("PendingOf"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<PendingPermissions?> PendingOf(UserId user);

    /// <summary>How many people wait; 0 to anybody but its administrators.</summary>
    [Alias("CountRequests"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<int> CountRequests(UserId caller);

    /// <summary>Entries with a number below <paramref name="before"/>, newest first. Refused to anybody but its administrators.</summary>
    [Alias("ReadLog"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    Task<Outcome<PermissionLogEntry[]>> ReadLog(UserId caller, long before, int take);

    /// <summary>Whether anybody administers it, by configuration or by appointment.</summary>
    [Alias("HasAdministrator"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<bool> HasAdministrator();
}

/// <summary>A part of an organization's log; key: see <see cref="GrainFactoryExtensions.PermissionLog"/>.</summary>
[Alias("OrleansKd.IPermissionLogGrain")]
public interface IPermissionLogGrain : IGrainWithStringKey
{
    /// <summary>Keeps entries for ever; those that it has are left as they are, so whoever is not sure repeats the call.</summary>
    [Alias("File")]
    Task File(PermissionLogEntry[] entries);

    /// <summary>In the order of their numbers.</summary>
    [Alias("Read"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<PermissionLogEntry[]> Read();
}
