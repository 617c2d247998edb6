using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Who watches: leases in memory, joins and leaves in the transcript.</summary>
internal sealed partial class SessionGrain
{
    public Task<Outcome<Done>> Join(ReaderJoin join)
    {
        if (writer is null || durable.Host is null)
            return Task.FromResult<Outcome<Done>>(Refusals.SessionNotFound);
        // A right counts when it is durable; where somebody is, at once.
        if (SessionRules.CheckReader(durable, join.Reader with { Place = null }, Now) is { } denied)
            return Task.FromResult<Outcome<Done>>(denied);
        var decision = SessionRules.Join(session, join, Now);
        if (decision is Decision.Refuse { Refusal: var refusal })
            return Task.FromResult<Outcome<Done>>(refusal);
        if (join.Reader.Place is not null)
            presence.Renew(join.Reader.User);
        // Here, and not with every read: one that is under way may still name somebody whose earlier invitation ended.
        Record([.. SessionRules.AfterOpened(session, join.Reader.User), .. ((Decision.Record)decision).Entries], position);
        CheckAgain();
        return Task.FromResult<Outcome<Done>>(new Done());
    }

    /// <summary>Who of these is to be told no more; the others are present.</summary>
    private DeniedReader[] Prove(Reader[] people)
    {
        List<DeniedReader> denied = [];
        foreach (var reader in people)
        {
            if (CheckReader(reader) is { } refusal)
                denied.Add(new(reader, refusal));
            else if (reader.Place is not null)
                presence.Renew(reader.User);
        }
        return [.. denied];
    }

    private Refusal? CheckReader(Reader reader)
    {
        if (writer is null || durable.Host is null)
            return Refusals.SessionNotFound;
        var id = reader.User.ToString();
        if (!durable.IsHost(id) && !durable.IsClient(id))
            return Refusals.NotInvitedAnyMore;
        return SessionRules.CheckReader(durable, reader with { Place = null }, Now) ?? SessionRules.CheckReader(session, reader, Now);
    }

    private void NoticeGone()
    {
        if (writer is null || SessionRules.AfterGone(session, person => UntilGone(person) <= TimeSpan.Zero) is not { Length: > 0 } left)
            return;
        Record(left, position);
        foreach (var entry in left)
            presence.Forget(UserId.FromKey(entry.Body.Person!.Id));
    }

    private TimeSpan UntilSomebodyIsGone() => session.State is SessionState.Terminated || session.Joined.Length == 0
        ? IdleCheck
        : session.Joined.Min(person => UntilGone(UserId.FromKey(person.Id)));

    private TimeSpan UntilGone(UserId person) => presence.UntilGone(person, options.CurrentValue.LeftAfter);
}
