using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// How the session follows its people's permissions. Their accounts call, and repeat it until it succeeds; this asks back what holds now. It
/// runs with the rules, one at a time, so that of two changes the later one is what stays, and behind the start of a session, which is there
/// or not when it runs.
/// </summary>
internal sealed partial class SessionGrain
{
    public async Task<Outcome<Done>> PermissionsChanged(UserId person)
    {
        if (writer is null || session.IsDeleted || (await GrainFactory.User(person).GetAccount()).Value is not { } account)
            return new Done();
        var entries = SessionRules.AfterPermissionsChanged(session, person, account.MayHost, account.MayJoin, agent.HandedThrough);
        return AsDone(await Commit(new Decision.Record(entries)));
    }
}
