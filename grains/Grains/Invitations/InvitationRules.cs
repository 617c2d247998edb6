using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Invitations;

/// <summary>What an order of the session makes of an invitation. Pure.</summary>
internal static class InvitationRules
{
    /// <summary>False when the order changes nothing: it was carried out before.</summary>
    public static bool Apply(InvitationState state, InvitationOrder order)
    {
        if (state.SessionId is not null && state.Status is InvitationStatus.Pending or InvitationStatus.Accepted)
            return false;
        (state.SessionId, state.InvitedAt, state.Status) = (order.Session.Id, order.InvitedAt, InvitationStatus.Pending);
        (state.InvitedId, state.InvitedName, state.InvitedCompany, state.InvitedEmail) =
            (order.Invited.Id.ToString(), order.Invited.Name, order.Invited.Company, order.Invited.Email);
        (state.HostId, state.HostName, state.HostCompany, state.HostEmail) =
            (order.InvitedBy.Id.ToString(), order.InvitedBy.Name, order.InvitedBy.Company, order.InvitedBy.Email);
        return true;
    }

    public static InvitationDescription? Describe(InvitationState state) => state.SessionId is null
        ? null
        : new InvitationDescription(
            new SessionRef(state.SessionId),
            new Person(UserId.FromKey(state.InvitedId), state.InvitedName, state.InvitedCompany, state.InvitedEmail),
            new Person(UserId.FromKey(state.HostId), state.HostName, state.HostCompany, state.HostEmail),
            state.InvitedAt,
            state.Status);
}
