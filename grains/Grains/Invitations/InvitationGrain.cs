using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Invitations;

/// <summary>
/// Carries one invitation, and its end, to its person: stored first, then done, repeated by the session until all of it is. The list
/// comes before the mail, so that a mail that can't be queued holds up nothing else.
/// </summary>
[GrainType("invitation")]
internal sealed class InvitationGrain(
    [PersistentState("invitation", "OrleansKd")] IPersistentState<InvitationState> state) : Grain, IInvitationGrain
{
    public async Task Deliver(InvitationOrder order)
    {
        if (InvitationRules.IsOutdated(state.State, order))
            return;
        if (InvitationRules.Apply(state.State, order))
            await StoreAsync();
        var user = GrainFactory.User(order.Invited.Id);
        if (InvitationRules.ChangesTheList(order))
            await (order.IsInvited ? user.AddSession(order.Session) : user.RemoveSession(order.Session));
        if (order.Mail is { } mail)
            await GrainFactory.MailOutbox(order.Invited.Id).Enqueue(mail);
    }

    public async Task<InvitationDescription?> Describe() => InvitationRules.Describe(
        state.State,
        state.State.MailId is { } mail ? await GrainFactory.MailOutbox(UserId.FromKey(state.State.InvitedId)).StatusOf(mail) : MailStatus.None);

    private async Task StoreAsync()
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
