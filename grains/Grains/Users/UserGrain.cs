using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;

namespace OrleansKd.Grains.Users;

/// <summary>
/// One account and its lists. Invariant: when what the user may do changes, that the sessions have to hear it is stored with the change,
/// and repeated until they have drawn the consequences.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose.")]
[GrainType("user")]
internal sealed partial class UserGrain : Grain, IUserGrain, IRemindable
{
    /// <summary>Sessions that are told at once; somebody may have hundreds.</summary>
    private const int TellParallelism = 16;

    private readonly IPersistentState<UserState> stored;
    private readonly IGrainStorage storage;
    private readonly IHostApplicationLifetime lifetime;
    private readonly IOptionsMonitor<OrganizationOptions> organizations;
    private readonly TimeProvider time;
    private readonly ILogger<UserGrain> logger;
    private readonly SemaphoreSlim storing = new(1, 1);
    private readonly Deliveries deliveries;

    // What is stored: set when a write is done.
    private UserState user = new();
    private long permissionChanges;
    private bool isBroken;

    public UserGrain(
        [PersistentState("user", "OrleansKd")] IPersistentState<UserState> stored,
        [FromKeyedServices("OrleansKd")] IGrainStorage storage,
        IHostApplicationLifetime lifetime,
        IOptionsMonitor<OrganizationOptions> organizations,
        TimeProvider time,
        ILogger<UserGrain> logger)
    {
        (this.stored, this.storage, this.lifetime, this.organizations, this.time, this.logger) = (stored, storage, lifetime, organizations, time, logger);
        deliveries = new Deliveries(this, TellSessionsAsync);
        asking = new KeyedRounds(AskParallelism, AskAsync);
    }

    private UserId Id => UserId.FromKey(this.GetPrimaryKeyString());

    private OrganizationOptions Organizations => organizations.CurrentValue;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stopping = lifetime.ApplicationStopping.Register(() => closing.TrySetResult());
        user = stored.State;
        await LoadListAsync();
        if (user.Untold.Count > 0)
            _ = deliveries.Start();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        closing.TrySetResult();
        await stopping.DisposeAsync();
    }

    public async Task<Outcome<Account>> SignIn(ProvenIdentity identity)
    {
        if (UserRules.CheckSignIn(user, identity, Organizations, time.GetUtcNow()) is { } refusal)
            return refusal;
        if (user.Issuer is not null && !UserRules.IsBoundTo(user, identity))
            LogBoundAnew(Id);
        // What changes nothing waits for no storage, nor for a write that is under way: a Break begins with this, too (rule E4).
        if (!ReferenceEquals(WithConsequences(UserRules.Bind(user, identity)), user))
            await StoreAsync(state => UserRules.Bind(state, identity));
        return UserRules.AccountOf(user, Id, Organizations);
    }

    public Task<Outcome<Account>> GetAccount() => Task.FromResult<Outcome<Account>>(user.Issuer is null
        ? new Refusal(ProblemCodes.UserNotFound, "Nobody has signed in with that address yet.")
        : UserRules.AccountOf(user, Id, Organizations));

    public Task ApplyPermissions(PermissionOrder order) => StoreAsync(state => UserRules.Apply(state, order, Organizations));

    public async Task AddSession(SessionRef session)
    {
        await StoreAsync(state => UserRules.AddSession(state, session.Id, Organizations));
        _ = AskQuietlyAsync(session.Id);
    }

    public async Task RemoveSession(SessionRef session)
    {
        await StoreAsync(state => state.Sessions.Contains(session.Id)
            ? state with { Sessions = [.. state.Sessions.Where(id => id != session.Id)], Untold = [.. state.Untold.Where(id => id != session.Id)] }
            : state);
        answeredAt.Remove(session.Id);
        await HideAsync();
    }

    public async Task<Outcome<SessionRef>> ReserveSession(string key, string about)
    {
        if (RequestKeys.Check(key) is { } malformed)
            return malformed;
        var fresh = SessionId.New().ToString();
        await StoreAsync(state => UserRules.ReserveSession(state, key, about, fresh));
        var reserved = user.NamedSessions.First(named => named.Key == key);
        return reserved.About == about ? new SessionRef(reserved.Session) : RequestKeys.Reused;
    }

    public Task<SessionRef[]> ListSessions() => Task.FromResult<SessionRef[]>([.. user.Sessions.Select(id => new SessionRef(id))]);

    public Task AddComputer(string computer) => StoreAsync(state => state.Computers.Contains(computer)
        ? state
        : state with { Computers = [.. state.Computers.TakeLast(Limits.ComputersOfUser - 1), computer] });

    public Task<string[]> ListComputers() => Task.FromResult<string[]>([.. user.Computers]);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _ = deliveries.RemindedAsync();
        return Task.CompletedTask;
    }

    /// <summary>One change at a time, each from what the one before has stored, with what follows from it for the user's sessions.</summary>
    private async Task StoreAsync(Func<UserState, UserState> change)
    {
        await ChangeAsync(change);
        if (user.Untold.Count > 0)
            _ = deliveries.Start();
    }

    private async Task ChangeAsync(Func<UserState, UserState> change)
    {
        await storing.WaitAsync();
        try
        {
            if (isBroken)
                throw new InvalidOperationException("This activation lost its storage and ends. Try again.");
            var next = WithConsequences(change(user));
            if (ReferenceEquals(next, user))
                return;
            if (next.Untold.Count > 0)
                await deliveries.ArmAsync();
            permissionChanges += next.Known == user.Known ? 0 : 1;
            await WriteAsync(next);
        }
        finally
        {
            storing.Release();
        }
    }

    /// <summary>With what follows from a change for the user's sessions and for the feed.</summary>
    private UserState WithConsequences(UserState changed) => UserFeedRules.Notice(UserRules.TellSessions(changed, Organizations), Organizations, version);

    private async Task WriteAsync(UserState next)
    {
        try
        {
            stored.State = next;
            await stored.WriteStateAsync();
        }
        catch
        {
            Break();
            throw;
        }
        var isNews = next.AccountVersion != user.AccountVersion;
        var isBoundAnew = (next.Issuer, next.Subject) != (user.Issuer, user.Subject);
        user = next;
        if (isNews)
        {
            version = next.AccountVersion;
            // What sessions let this user see may have become more.
            answeredAt.Clear();
        }
        if (isNews || isBoundAnew)
            feed.All();
    }

    /// <summary>What is stored is not known: the next activation reads it.</summary>
    private void Break()
    {
        isBroken = true;
        closing.TrySetResult();
        DeactivateOnIdle();
    }

    /// <summary>
    /// One round; true when nothing is left. Each session asks this account itself what has become of it, so a session is told only once all
    /// changes before have been stored, and one that was told of an older change has heard of the newer, too.
    /// </summary>
    private async Task<bool> TellSessionsAsync()
    {
        try
        {
            var (told, changes) = (new HashSet<string>(), permissionChanges);
            foreach (var some in user.Untold.Chunk(TellParallelism))
                told.UnionWith((await Task.WhenAll(some.Select(TellAsync))).OfType<string>());
            // Those who were told need nothing more, unless something changed meanwhile.
            if (told.Count > 0)
                await ChangeAsync(state => permissionChanges == changes ? state with { Untold = [.. state.Untold.Where(id => !told.Contains(id))] } : state);
            return user.Untold.Count == 0;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogRoundFailed(exception, Id);
            return false;
        }
    }

    private async Task<string?> TellAsync(string session)
    {
        try
        {
            var outcome = await GrainFactory.Session(new SessionRef(session).ToSessionId()).PermissionsChanged(Id);
            if (outcome.Refusal is null)
                return session;
            LogNotTold(null, Id, session);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotTold(exception, Id, session);
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {User} was bound anew, as an administrator had allowed.")]
    private partial void LogBoundAnew(UserId user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {User}: session {Session} could not be told what the user may do; it is tried again.")]
    private partial void LogNotTold(Exception? exception, UserId user, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {User}: that its sessions were told could not be stored yet; they are told again.")]
    private partial void LogRoundFailed(Exception exception, UserId user);
}
