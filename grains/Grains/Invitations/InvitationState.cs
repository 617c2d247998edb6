using OrleansKd.Grains.Abstractions.Invitations;

namespace OrleansKd.Grains.Invitations;

/// <summary>A stored invitation. Names are stored: never renamed; members are only ever added.</summary>
[GenerateSerializer, Alias("OrleansKd.InvitationState")]
internal sealed class InvitationState
{
    [Id(0)] public string? SessionId { get; set; }
    [Id(1)] public string InvitedId { get; set; } = "";
    [Id(2)] public string InvitedName { get; set; } = "";
    [Id(3)] public string InvitedCompany { get; set; } = "";
    [Id(4)] public string InvitedEmail { get; set; } = "";
    [Id(5)] public string HostId { get; set; } = "";
    [Id(6)] public string HostName { get; set; } = "";
    [Id(7)] public string HostCompany { get; set; } = "";
    [Id(8)] public string HostEmail { get; set; } = "";
    [Id(9)] public DateTimeOffset InvitedAt { get; set; }
    [Id(10)] public InvitationStatus Status { get; set; }

    /// <summary>Of the newest order.</summary>
    [Id(11)] public long Sequence { get; set; }

    /// <summary>Id of the newest order's mail; null when there is none.</summary>
    [Id(12)] public string? MailId { get; set; }
}
