using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// How people's lists follow the session. When what lists say of it has become another, the accounts of its people are told that it is, and
/// ask what it is now (<see cref="ViewListed"/>): late, repeated or overtaken calls do no harm. What could not be told is repeated by this
/// activation; the next one tells everybody again, unless the snapshot says that they know and nothing has moved since. What people do, and what
/// retention does, sets the reminder for telling before, so that a crash right there only delays it. What a debugger does has its agent, which
/// does not leave the session alone; and accounts that somebody reads ask again now and then.
/// </summary>
internal sealed partial class SessionGrain
{
    // What lists have been told, or are to be told: those in toTell do not know it yet, each since that number.
    private readonly Dictionary<string, long> toTell = [];
    private readonly Dictionary<string, Task> tellingLists = [];
    private ListingLine? listing;
    private DateTimeOffset listedActivityAt;
    private long listingNumber;
    private DateTimeOffset? repeatListingAt;

    public Task<ListedSession?> ViewListed(UserId reader) =>
        Task.FromResult(MayRead(reader) ? SessionViews.Listed(durable, Id, reader, lastActivityAt, tail.DurableThrough) : null);

    /// <summary>What everybody's list says, by the snapshot that the session was restored from; null: not known.</summary>
    private ListingLine? ListedBySnapshot => session.Host is not null && ListingLine.Of(session) is var line && line.ToString() == snapshot.State.ListedLine ? line : null;

    /// <summary>Compares what is durable now with what lists say.</summary>
    private void NoticeListing(bool mayHaveChanged)
    {
        if (durable.Host is null || (!mayHaveChanged && lastActivityAt - listedActivityAt < ListingLine.ActivityStep))
            return;
        var line = ListingLine.Of(durable);
        var news = line.NewsSince(listing, lastActivityAt - listedActivityAt);
        if (news is ListingNews.None)
            return;
        listing = line;
        listingPace.Want(news);
        if (listingPace.Left == TimeSpan.Zero)
            _ = TellLists();
        else
            CheckAgain();
    }

    /// <summary>Null: there is nothing to tell.</summary>
    private TimeSpan? UntilTellingLists => listingPace.Left ?? repeatListingAt - Now;

    private void TellListsWhenDue()
    {
        if (UntilTellingLists <= TimeSpan.Zero)
            _ = TellLists();
    }

    /// <summary>Tells what is wanted, or was not heard; completes when everybody was told, or that failed.</summary>
    private Task TellLists()
    {
        if (listingPace.Left is not null)
        {
            listingPace.Told();
            listingNumber++;
            listedActivityAt = lastActivityAt;
            foreach (var person in ListingLine.ReadersOf(durable))
                toTell[person] = listingNumber;
        }
        repeatListingAt = null;
        foreach (var person in toTell.Keys.Where(person => !tellingLists.ContainsKey(person)).ToArray())
            tellingLists[person] = TellListAsync(person);
        return Task.WhenAll(tellingLists.Values);
    }

    /// <summary>One call at a time for each person; what becomes new meanwhile is told by another one.</summary>
    private async Task TellListAsync(string person)
    {
        // Not before it stands among the calls that are under way.
        await Task.Yield();
        try
        {
            while (toTell.TryGetValue(person, out var number))
            {
                await GrainFactory.User(UserId.FromKey(person)).SessionChanged(Id);
                if (toTell.GetValueOrDefault(person) == number)
                    toTell.Remove(person);
            }
        }
        catch (Exception exception)
        {
            LogTellingListFailed(exception, Id);
            repeatListingAt = Now + RetryCheck;
            CheckAgain();
        }
        finally
        {
            tellingLists.Remove(person);
        }
        KeepListed();
    }

    /// <summary>Once everybody knows how a session rests that is not active, a snapshot says so: later activations have nobody to tell.</summary>
    private void KeepListed()
    {
        if (durable.State is SessionState.Active || ListedByAll is not { } line || snapshot.State.ListedLine == line || isSnapshotting)
            return;
        _ = WriteSnapshotAsync();
    }

    /// <summary>What everybody's list says; null while somebody does not know it.</summary>
    private string? ListedByAll => listing is not null && toTell.Count == 0 && listingPace.Left is null ? listing.ToString() : null;

    /// <summary>What somebody does by hand is in their list when they hear that it is done, unless their account does not answer.</summary>
    private async Task<Outcome<Done>> CommitAndList(Func<Decision> decide)
    {
        if (writer is null)
            return Refusals.SessionNotFound;
        if (decide() is Decision.Record { Entries.Length: > 0 })
            await SetListReminder();
        // Decided anew: the debugger may have ended meanwhile.
        var decision = decide();
        if (decision is Decision.StartFirst)
            return new Refusal(ProblemCodes.WrongState, $"The debugger of '{session.Name}' ended at this moment. Try again.");
        var outcome = await Commit(decision);
        if (outcome.Refusal is null)
            await ListsTold();
        return AsDone(outcome);
    }

    private async Task ListsTold() => await Task.WhenAny(TellLists(), Task.Delay(TellWait, time, CancellationToken.None));

    /// <summary>No list keeps anybody from ending a session: without a reminder a crash only delays what they say.</summary>
    private async Task SetListReminder()
    {
        try
        {
            await SetTellReminder();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogTellingListFailed(exception, Id);
        }
    }
}
