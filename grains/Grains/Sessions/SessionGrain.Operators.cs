using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

internal sealed partial class SessionGrain
{
    public async Task<Outcome<Done>> Grant(CallerId caller, string email, OperatorRight right) => AsDone(await Commit(OperatorRules.Grant(session, caller, email, right, Now)));

    public async Task<Outcome<Done>> Ungrant(CallerId caller, string email) => AsDone(await Commit(OperatorRules.Ungrant(session, caller, email, Now)));

    public async Task<Outcome<Done>> RemoveCommand(CallerId caller, string commandId) => AsDone(await Commit(OperatorRules.RemoveCommand(session, caller, commandId, Now)));
}
