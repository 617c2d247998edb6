using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>
/// A thin shell around <see cref="OrganizationRules"/>. Invariant: a decision, its line in the log and what is owed to others because of it
/// are stored in one write; what is owed is repeated until it is done, and harmless to repeat.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose.")]
[GrainType("organization")]
internal sealed partial class OrganizationGrain : Grain, IOrganizationGrain, IRemindable
{
    private readonly IPersistentState<OrganizationState> stored;
    private readonly IOptionsMonitor<OrganizationOptions> options;
    private readonly TimeProvider time;
    private readonly ILogger<OrganizationGrain> logger;
    private readonly SemaphoreSlim storing = new(1, 1);
    private readonly Deliveries deliveries;

    // What is stored: set when a write is done.
    private Organization organization = new();
    private bool isBroken;

    public OrganizationGrain(
        [PersistentState("organization", "OrleansKd")] IPersistentState<OrganizationState> stored,
        IOptionsMonitor<OrganizationOptions> options,
        TimeProvider time,
        ILogger<OrganizationGrain> logger)
    {
        (this.stored, this.options, this.time, this.logger) = (stored, options, time, logger);
        deliveries = new Deliveries(this, DeliverAsync);
    }

    private OrganizationId Id => OrganizationId.FromKey(this.GetPrimaryKeyString());

    private OrganizationSettings? Settings => OrganizationDirectory.Find(options.CurrentValue, Id);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        organization = stored.State.Restore();
        if (organization.Owed.Length > 0 || organization.Unfiled.Length > 0)
            _ = deliveries.Start();
        return Task.CompletedTask;
    }

    public async Task<Outcome<Done>> Act(Person caller, OrganizationAction action)
    {
        if (Settings is not { } settings)
            return NotConfigured;
        if (CheckAddress(action.Email) is { } malformed)
            return malformed;
        var target = await FindAsync(action.Email, settings);
        var decision = await StoreAsync(current => OrganizationRules.Decide(current, settings, caller, action, target, time.GetUtcNow()));
        if (decision is OrganizationDecision.Refuse { Refusal: var refusal })
            return refusal;
        if (decision is OrganizationDecision.Change)
        {
            LogDecided(Id, organization.LastNumber, action.Kind);
            await TellAccountAsync(organization.Owed.LastOrDefault(owed => owed.Kind is OwedKind.Account && owed.About.Number == organization.LastNumber));
            _ = deliveries.Start();
        }
        return new Done();
    }

    public Task<Outcome<OrganizationView>> View(UserId caller) => Task.FromResult(ForAdministrators(caller) switch
    {
        ({ } refusal, _) => (Outcome<OrganizationView>)refusal,
        (_, var settings) => OrganizationRules.View(organization, settings!),
    });

    public Task<PendingPermissions?> PendingOf(UserId user) => Task.FromResult(organization.PendingOf(user));

    public Task<int> CountRequests(UserId caller) => Task.FromResult(ForAdministrators(caller).Refusal is null ? organization.Requests.Length : 0);

    public Task<bool> HasAdministrator() => Task.FromResult(Settings is { } settings && OrganizationRules.AdministratorsOf(organization, settings).Length > 0);

    public async Task<Outcome<PermissionLogEntry[]>> ReadLog(UserId caller, long before, int take)
    {
        if (ForAdministrators(caller).Refusal is { } refusal)
            return refusal;
        if (before < 1 || take is < 1 or > Limits.PermissionLogItems)
            return new Refusal(ProblemCodes.InvalidRequest, $"'before' must be a number from 1, 'take' one from 1 to {Limits.PermissionLogItems}.");
        List<PermissionLogEntry> found = [];
        // Those first: while their page is read they may move there.
        var (unfiled, last) = (organization.Unfiled, Math.Min(before - 1, organization.LastNumber));
        for (var page = PermissionLogGrain.PageOf(last); last > 0 && page >= 0 && found.Count < take; page--)
        {
            var filed = await GrainFactory.PermissionLog(Id, page).Read();
            found.AddRange(filed.Concat(unfiled.Where(entry => PermissionLogGrain.PageOf(entry.Number) == page))
                .Where(entry => entry.Number <= last).DistinctBy(entry => entry.Number).OrderByDescending(entry => entry.Number));
        }
        return found.Take(take).ToArray();
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _ = deliveries.RemindedAsync();
        return Task.CompletedTask;
    }

    private static Refusal NotConfigured { get; } = new(ProblemCodes.WrongState, "Your organization is not in this server's configuration any more. Ask whoever runs the server.");

    private (Refusal? Refusal, OrganizationSettings? Settings) ForAdministrators(UserId caller)
    {
        if (Settings is not { } settings)
            return (NotConfigured, null);
        return OrganizationRules.IsAdministrator(organization, settings, caller) ? (null, settings) : (OrganizationRules.NotAdministrator(settings), settings);
    }

    private static Refusal? CheckAddress(string email) => email.Length > Limits.EmailLength || email.LastIndexOf('@') < 1 || VisibleText.HasHidden(email, isOneLine: true)
        ? new Refusal(ProblemCodes.InvalidRequest, $"'{VisibleText.From(email.Length > Limits.EmailLength ? email[..Limits.EmailLength] : email)}' is not an e-mail address.")
        : null;

    private async Task<ActionTarget> FindAsync(string email, OrganizationSettings settings)
    {
        var id = UserId.FromEmail(email);
        if ((await GrainFactory.User(id).GetAccount()).Value is { } account)
            return new ActionTarget(account.Person, account.Organization == Id, HasAccount: true);
        var address = UserId.Normalize(email);
        var belongs = OrganizationDirectory.OfDomain(options.CurrentValue, address) is { } owner && OrganizationDirectory.IdOf(owner) == Id;
        return new ActionTarget(new Person(id, address, settings.Name, address), belongs, HasAccount: false);
    }

    /// <summary>One change at a time, each from what the one before has stored.</summary>
    private async Task<OrganizationDecision> StoreAsync(Func<Organization, OrganizationDecision> decide)
    {
        await storing.WaitAsync();
        try
        {
            if (isBroken)
                throw new InvalidOperationException("This activation lost its storage and ends. Try again.");
            var decision = decide(organization);
            if (decision is OrganizationDecision.Change { Next: var next })
            {
                if (next.Owed.Length > 0 || next.Unfiled.Length > 0)
                    await deliveries.ArmAsync();
                await WriteAsync(next);
            }
            return decision;
        }
        finally
        {
            storing.Release();
        }
    }

    private async Task WriteAsync(Organization next)
    {
        try
        {
            stored.State = OrganizationState.Of(next);
            await stored.WriteStateAsync();
            organization = next;
        }
        catch
        {
            // What is stored is not known: the next activation reads it.
            isBroken = true;
            DeactivateOnIdle();
            throw;
        }
    }
}
