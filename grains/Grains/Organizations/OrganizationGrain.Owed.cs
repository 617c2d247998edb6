using Microsoft.Extensions.Logging;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>How an organization's decisions get to accounts, outboxes and the pages of its log.</summary>
internal sealed partial class OrganizationGrain
{
    /// <summary>How long one of them is waited for: an account must not wait for a mail outbox that does not answer.</summary>
    private static readonly TimeSpan EachWithin = TimeSpan.FromSeconds(5);

    /// <summary>At once, so that a decision counts when its caller hears of it; what fails here is repeated with the rest.</summary>
    private async Task TellAccountAsync(Owed? owed)
    {
        if (owed is not null)
            await TryAsync(owed);
    }

    /// <summary>One round of everything; true when nothing is left.</summary>
    private async Task<bool> DeliverAsync()
    {
        try
        {
            var delivered = (await Task.WhenAll(organization.Owed.GroupBy(owed => (owed.Kind, owed.To)).Select(DeliverInOrderAsync))).SelectMany(done => done).ToHashSet();
            var filed = await FileAsync();
            if (delivered.Count > 0 || filed.Count > 0)
            {
                await StoreAsync(current => new OrganizationDecision.Change(current with
                {
                    Owed = [.. current.Owed.Where(owed => !delivered.Contains(owed))],
                    Unfiled = [.. current.Unfiled.Where(entry => !filed.Contains(entry.Number))],
                }));
            }
            return organization is { Owed: [], Unfiled: [] };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogRoundFailed(exception, Id);
            return false;
        }
    }

    private async Task<List<Owed>> DeliverInOrderAsync(IEnumerable<Owed> toOne)
    {
        List<Owed> done = [];
        foreach (var owed in toOne)
        {
            if (!await TryAsync(owed))
                break;
            done.Add(owed);
        }
        return done;
    }

    private async Task<bool> TryAsync(Owed owed)
    {
        var to = UserId.FromEmail(owed.To);
        try
        {
            await (owed.Kind switch
            {
                OwedKind.Account => GrainFactory.User(to).ApplyPermissions(OrganizationRules.OrderFor(organization, Id, owed)),
                OwedKind.Waiting => GrainFactory.User(to).ApplyWaiting(new WaitingOrder(Id, organization.LastNumber, organization.Requests.Length)),
                _ => GrainFactory.MailOutbox(to).Enqueue(PermissionText.Mail(Id, owed)),
            }).WaitAsync(EachWithin, time);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotTold(exception, Id, owed.About.Number, owed.Kind);
            return false;
        }
    }

    private async Task<HashSet<long>> FileAsync()
    {
        HashSet<long> filed = [];
        foreach (var page in organization.Unfiled.GroupBy(entry => PermissionLogGrain.PageOf(entry.Number)))
        {
            await GrainFactory.PermissionLog(Id, page.Key).File([.. page]);
            filed.UnionWith(page.Select(entry => entry.Number));
        }
        return filed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Organization {Organization}: entry {Number} of its log is a {Action}.")]
    private partial void LogDecided(OrganizationId organization, long number, PermissionActionKind action);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Organization {Organization}: entry {Number} could not be told ({Kind}) yet; it is tried again.")]
    private partial void LogNotTold(Exception exception, OrganizationId organization, long number, OwedKind kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Organization {Organization}: what it owes could not be stored as done yet; it is repeated.")]
    private partial void LogRoundFailed(Exception exception, OrganizationId organization);
}
