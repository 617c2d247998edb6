using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Users;

/// <summary>One account and its lists.</summary>
[GrainType("user")]
internal sealed class UserGrain(
    [PersistentState("user", "OrleansKd")] IPersistentState<UserState> state,
    IOptionsMonitor<OrganizationOptions> organizations) : Grain, IUserGrain
{
    private UserId Id => UserId.FromKey(this.GetPrimaryKeyString());

    public async Task<Outcome<Account>> SignIn(ProvenIdentity identity)
    {
        if (UserRules.CheckSignIn(state.State, identity, organizations.CurrentValue) is { } refusal)
            return refusal;
        if (state.State.Issuer is null || state.State.Name != identity.Name)
        {
            (state.State.Issuer, state.State.Subject) = (identity.Issuer, identity.Subject);
            (state.State.Email, state.State.Name) = (UserId.Normalize(identity.Email), identity.Name);
            await state.WriteStateAsync();
        }
        return UserRules.AccountOf(state.State, Id, organizations.CurrentValue);
    }

    public Task<Outcome<Account>> GetAccount() => Task.FromResult<Outcome<Account>>(state.State.Issuer is null
        ? new Refusal(ProblemCodes.UserNotFound, "Nobody has signed in with that address yet.")
        : UserRules.AccountOf(state.State, Id, organizations.CurrentValue));

    public Task AddSession(SessionRef session) => Change(list => list.Sessions, session.Id, isMember: true);

    public Task RemoveSession(SessionRef session) => Change(list => list.Sessions, session.Id, isMember: false);

    public Task<SessionRef[]> ListSessions() => Task.FromResult<SessionRef[]>([.. state.State.Sessions.Select(id => new SessionRef(id))]);

    public Task AddComputer(string computer) => Change(list => list.Computers, computer, isMember: true);

    public Task<string[]> ListComputers() => Task.FromResult<string[]>([.. state.State.Computers]);

    private async Task Change(Func<UserState, List<string>> list, string item, bool isMember)
    {
        var items = list(state.State);
        if (items.Contains(item) == isMember)
            return;
        if (isMember)
            items.Add(item);
        else
            items.Remove(item);
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
