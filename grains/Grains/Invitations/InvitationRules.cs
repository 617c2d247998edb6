using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Invitations;

/// <summary>What an order of the session makes of an invitation. Pure.</summary>
internal static class InvitationRules
{
    /// <summary>An activation of the session that has lost it may still send what a later one has overtaken.</summary>
    public static bool IsOutdated(InvitationState state, InvitationOrder order) => order.Sequence < state.Sequence;

    /// <summary>False when the state says so already: only what follows from it may have to be repeated.</summary>
    public static bool Apply(InvitationState state, InvitationOrder order)
    {
        if (state.SessionId is not null && state.Sequence == order.Sequence)
            return false;
        (state.SessionId, state.Sequence, state.MailId) = (order.Session.Id, order.Sequence, order.Mail?.Id);
        (state.InvitedAt, state.Status) = order.IsInvited ? (order.InvitedAt, InvitationStatus.Pending) : (state.InvitedAt, order.IsExpired ? InvitationStatus.Expired : InvitationStatus.Revoked);
        (state.InvitedId, state.InvitedName, state.InvitedCompany, state.InvitedEmail) =
            (order.Invited.Id.ToString(), order.Invited.Name, order.Invited.Company, order.Invited.Email);
        (state.HostId, state.HostName, state.HostCompany, state.HostEmail) =
            (order.InvitedBy.Id.ToString(), order.InvitedBy.Name, order.InvitedBy.Company, order.InvitedBy.Email);
        return true;
    }

    /// <summary>The host's own list has the session however they invite themselves.</summary>
    public static bool ChangesTheList(InvitationOrder order) => order.Invited.Id != order.InvitedBy.Id;

    public static InvitationDescription? Describe(InvitationState state, MailStatus mail) => state.SessionId is null
        ? null
        : new InvitationDescription(
            new SessionRef(state.SessionId),
            new Person(UserId.FromKey(state.InvitedId), state.InvitedName, state.InvitedCompany, state.InvitedEmail),
            new Person(UserId.FromKey(state.HostId), state.HostName, state.HostCompany, state.HostEmail),
            state.InvitedAt,
            state.Status,
            mail);
}
