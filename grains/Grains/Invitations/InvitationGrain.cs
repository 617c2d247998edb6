using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Invitations;

/// <summary>
/// Carries one invitation, and its end, to its person: stored first, then done, repeated by the session until all of it is. The list
/// comes before the mail, so that a mail that can't be queued holds up nothing else.
/// </summary>
[GrainType("invitation")]
internal sealed class InvitationGrain(
    [PersistentState("invitation", "OrleansKd")] IPersistentState<InvitationState> state, ISessionLog log) : Grain, IInvitationGrain
{
    public async Task Deliver(InvitationOrder order)
    {
        if (InvitationRules.IsOutdated(state.State, order) || await IsLate(order))
            return;
        if (InvitationRules.Apply(state.State, order))
            await DoAsync(state.WriteStateAsync);
        var user = GrainFactory.User(order.Invited.Id);
        if (InvitationRules.ChangesTheList(order))
            await (order.IsInvited ? user.AddSession(order.Session) : user.RemoveSession(order.Session));
        if (order.Mail is { } mail)
            await GrainFactory.MailOutbox(order.Invited.Id).Enqueue(mail);
    }

    public async Task Delete(SessionRef session, UserId invited)
    {
        await GrainFactory.User(invited).RemoveSession(session);
        await DoAsync(state.ClearStateAsync);
        DeactivateOnIdle();
    }

    /// <summary>An order that a session sent before it was deleted brings nothing back.</summary>
    private async Task<bool> IsLate(InvitationOrder order) =>
        state.State.SessionId is null && await log.WasDeleted(order.Session.ToSessionId(), CancellationToken.None);

    public async Task<InvitationDescription?> Describe() => InvitationRules.Describe(
        state.State,
        state.State.MailId is { } mail ? await GrainFactory.MailOutbox(UserId.FromKey(state.State.InvitedId)).StatusOf(mail) : MailStatus.None);

    private async Task DoAsync(Func<Task> store)
    {
        try
        {
            await store();
        }
        catch
        {
            // What is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
