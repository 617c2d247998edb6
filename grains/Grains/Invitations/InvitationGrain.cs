using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Invitations;

namespace OrleansKd.Grains.Invitations;

/// <summary>Carries one invitation to its person: stored first, then put into their list, repeated by the session until both are done.</summary>
[GrainType("invitation")]
internal sealed class InvitationGrain(
    [PersistentState("invitation", "OrleansKd")] IPersistentState<InvitationState> state) : Grain, IInvitationGrain
{
    public async Task Deliver(InvitationOrder order)
    {
        if (InvitationRules.Apply(state.State, order))
            await state.WriteStateAsync();
        await GrainFactory.User(order.Invited.Id).AddSession(order.Session);
    }

    public Task<InvitationDescription?> Describe() => Task.FromResult(InvitationRules.Describe(state.State));
}
