using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// A thin shell around <see cref="SessionRules"/>. Every change is an entry: it is numbered and folded into the state in one step
/// without an await, and counts as done when the log has it. When a write fails, this activation ends and the next one reads the
/// log: so nothing has to be undone, and a reservation that did not become durable never was.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source without timer or links holds nothing to dispose.")]
[GrainType("session")]
internal sealed partial class SessionGrain(
    ISessionLog log,
    [PersistentState("snapshot", "OrleansKd")] IPersistentState<SessionSnapshot> snapshot,
    IHostApplicationLifetime lifetime,
    IOptionsMonitor<SessionOptions> options,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    /// <summary>
    /// Longest wait of a read: a second less than a proof of rights lasts (rule I6), so that what ends the wait is shown at once; and long
    /// enough that thousands of quiet sessions cost little.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    /// <summary>Log bytes after which a snapshot is written, so that an activation never replays more than this.</summary>
    private const int SnapshotEveryBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of one page of the replay.</summary>
    private const int ReplayPageBytes = 1024 * 1024;

    private readonly AgentLink agent = new(time);
    private readonly ListingPace listingPace = new(time);
    private readonly Presence presence = new(time);
    private readonly Wake readers = new();
    private readonly Wake lane = new();
    private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration stopping;

    // Null while there is no such session.
    private SessionWriter? writer;
    private SessionTail tail = new(0);

    // The fold of everything accepted: what rules decide on. And of everything durable: what people are shown.
    private Session session = new();
    private Session durable = new();
    private RunPosition position;

    // Bytes of all entries, durable or not: what the transcript's limit counts.
    private long acceptedBytes;
    private long bytesLeftOut;
    private DateTimeOffset lastActivityAt;
    private long bytesSinceSnapshot;
    private bool isSnapshotting;
    private Task snapshotting = Task.CompletedTask;

    // Commands with passwords as they were entered: in memory only (rule B8), until the debugger has them.
    private readonly Dictionary<string, string> secrets = [];

    private SessionId Id => SessionId.Parse(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stopping = lifetime.ApplicationStopping.Register(() => closing.TrySetResult());
        if (!SessionId.TryParse(this.GetPrimaryKeyString(), out var id))
            return;
        if (await log.TakeOver(id, create: false, cancellationToken) is { } taken)
        {
            await BeginAsync(taken, cancellationToken);
        }
        else if (snapshot.State.Restore().Session is { IsDeleted: true } deleted)
        {
            session = durable = deleted;
            _ = GoOnDeleting();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        closing.TrySetResult();
        await stopping.DisposeAsync();
        await EndCompaction();
        if (writer is null || writer.HasFailed || durable.IsDeleted)
            return;
        try
        {
            await writer.FlushAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is SessionLogFencedException or SessionLogUnknownException or OperationCanceledException)
        {
            LogFlushFailed(exception, Id);
        }
    }

    public async Task<Outcome<SessionView>> Host(CallerId caller, HostSession request)
    {
        // A repeat, or one that met a failover: what was recorded is so, and what was not is done now.
        if (MayRead(caller) && durable.IsHost(caller.ToString()))
            return SeenBy(caller);
        if (session.IsDeleted || (writer is null && await log.WasDeleted(Id, CancellationToken.None)))
            return End(Refusals.SessionNotFound);
        if (session.Host is not null)
            return new Refusal(ProblemCodes.WrongState, "This session exists already.");
        var account = await GrainFactory.User(caller.User).GetAccount();
        if (account.Refusal is { } notSignedIn)
            return notSignedIn;
        var host = account.Value!;
        if (SessionRules.CheckHost(host, request.Computer, request.Debugger, request.Arguments, request.Name, request.Description) is { } refusal)
            return End(refusal);
        if (!caller.MayUse(request.Computer))
            return End(Refusals.OtherComputer(caller.OnlyComputer!));
        if (options.CurrentValue.RefuseNewSessions is { Length: > 0 } reason)
            return End(new Refusal(ProblemCodes.Unavailable, reason));

        await SetLifeReminder(options.CurrentValue.TidyEvery, options.CurrentValue.TidyEvery);
        // The user's list first: a crash after it leaves a name for a session that does not exist, which lists leave out;
        // a crash the other way round would leave a session that nobody finds.
        await GrainFactory.User(caller.User).AddSession(Id);
        var started = await GrainFactory.Computer(caller.User, request.Computer).StartDebugger(new StartDebugger(Id, 1, request.Debugger, request.Arguments, request.Computer, request.WhenSpoolFull, SecureMode: request.SecureMode));
        if (started.Refusal is { } notStarted)
        {
            await GrainFactory.User(caller.User).RemoveSession(Id);
            return End(notStarted);
        }
        var run = started.Value!;
        if (writer is null)
            await BeginAsync((await log.TakeOver(Id, create: true, CancellationToken.None))!, CancellationToken.None);
        var person = SessionRules.Store(host.Person);
        var recorded = await Commit(new Decision.Record(
        [
            new(SessionLogEntryKind.SessionCreated, new SessionLogEntryBody
            {
                Author = person,
                Text = request.Name,
                Description = request.Description,
                ClientsMayReopen = request.ClientsMayReopen,
            }),
            new(SessionLogEntryKind.RunStarted, new SessionLogEntryBody
            {
                Author = person,
                Run = 1,
                Computer = run.Computer,
                DebuggerLocation = request.Debugger,
                Arguments = run.MaskedArguments,
                DebuggerKind = run.DebuggerKind,
                ThroughServer = run.ThroughServer,
                WhenSpoolFull = request.WhenSpoolFull,
            }),
        ]));
        if (recorded.Refusal is { } unknown)
            return unknown;
        LogHosted(Id);
        await ListsTold();
        return SeenBy(caller);
    }

    public Task<Outcome<SessionView>> View(CallerId caller) =>
        Task.FromResult(MayRead(caller) ? SeenBy(caller) : Refusals.SessionNotFound);

    public Task<Outcome<CommandEntered>> EnterCommand(CallerId caller, string text, string? key) =>
        Enter(caller, [text], suggestion: null, RequestName.Of(caller, key, nameof(EnterCommand), SecretText.MaskCommand(session.DebuggerKind, text)));

    public Task<Outcome<CommandEntered>> EnterCommands(CallerId caller, string[] texts, string? key) =>
        Enter(caller, texts, suggestion: null, RequestName.Of(caller, key, nameof(EnterCommands), string.Join('\n', texts.Select(text => SecretText.MaskCommand(session.DebuggerKind, text)))));

    private async Task<Outcome<CommandEntered>> Enter(CallerId caller, string[] texts, SessionSuggestion? suggestion, Outcome<RequestName>? name)
    {
        if (Repeated(caller, name) is { } repeated)
            return repeated.Refusal is { } known ? known : new CommandEntered(repeated.Value!.Id!, repeated.Value.Sequence);
        (string Id, string Text)[] commands = [.. texts.Select(text => (Guid.NewGuid().ToString("N"), text))];
        var decision = SessionRules.EnterCommands(session, caller, commands, agent.IsReachable || (agent.IsAwaited && session.Debugger is not DebuggerState.Offline), Now);
        if (suggestion is not null)
            decision = SessionRules.RunSuggestion(suggestion, decision);
        if (decision is Decision.Record { Entries: var entries })
        {
            foreach (var ((id, text), _) in commands.Zip(entries).Where(command => command.Second.Body.IsMasked is true))
                secrets.Add(id, text.Replace('\t', ' '));
        }
        var outcome = await Commit(decision.Under(name));
        return outcome.Refusal is { } refusal ? refusal : new CommandEntered(commands[^1].Id, outcome.Value);
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private bool MayRead(CallerId caller) => writer is not null && durable.Host is not null && SessionRules.MayRead(durable, caller, Now);

    private Outcome<SessionView> SeenBy(CallerId caller) =>
        SessionViews.For(durable, Id, caller, agent.IsAwaited, lastActivityAt, tail.DurableThrough, presence.Present());

    /// <summary>A session that did not come to be needs no activation.</summary>
    private Refusal End(Refusal refusal)
    {
        DeactivateOnIdle();
        return refusal;
    }

    private async Task BeginAsync(ISessionLogWriter taken, CancellationToken cancellationToken)
    {
        var damage = await ReplayAsync(taken.Head, cancellationToken);
        durable = session;
        position = taken.Head.Run;
        acceptedBytes = taken.Head.Bytes;
        tail = new SessionTail(taken.Head.LastSequence);
        writer = new SessionWriter(taken, tail, time, DurableMoved, WriteFailed);
        agent.HandedThrough = tail.DurableThrough;
        LogActivated(Id, taken.Head.Epoch, tail.Last);
        if (durable.IsDeleted)
        {
            _ = GoOnDeleting();
            return;
        }
        compactionIsDue = CompactionIsMissing;
        CompactWhenDue();
        checking = this.RegisterGrainTimer(static (grain, cancellation) => grain.Check(), this, new GrainTimerCreationOptions(FirstCheck, Timeout.InfiniteTimeSpan) { Interleave = true });
        if (session.RunIsOver)
            Record(LifecycleRules.AfterRunExited(session, session.Ended ?? new EndedRun(RunEnd.Exited, null, null, null)), position);
        if (damage is { } unreadable && unreadable.Last > session.DamageKnownThrough && session.Host is not null)
        {
            // Before anybody is answered: until it is durable, the invitations that it ends would still count.
            Record([SessionRules.AfterDamage(unreadable.First, unreadable.Last)], position);
            await writer.WhenDurable(tail.Last, cancellationToken);
        }
        _ = Tell();
        NoticeListing(mayHaveChanged: true);
        if (session.State is not SessionState.Active && session.Host is not null)
            _ = KeepLifeReminder();
    }

    /// <summary>Folds what the log has after the snapshot.</summary>
    /// <returns>From the first to the last entry that can't be read; null when all can.</returns>
    private async Task<(long First, long Last)?> ReplayAsync(SessionLogHead head, CancellationToken cancellationToken)
    {
        (session, var foldedThrough, lastActivityAt) = snapshot.State.Restore();
        (listing, listedActivityAt) = (ListedBySnapshot, lastActivityAt);
        (long First, long Last)? damage = null;
        while (foldedThrough < head.LastSequence)
        {
            try
            {
                var page = await log.Read(Id, foldedThrough, ReplayPageBytes, cancellationToken);
                if (page.Length == 0)
                    throw new InvalidOperationException($"Session {Id}'s log ends at {foldedThrough}, its head says {head.LastSequence}.");
                foreach (var entry in page)
                {
                    session = SessionFold.Apply(session, entry);
                    // Lists may have been told what it was in between.
                    if (listing is not null && entry.Kind is not SessionLogEntryKind.Output && ListingLine.Of(session) != listing)
                        listing = null;
                }
                (foldedThrough, lastActivityAt) = (page[^1].Sequence, page[^1].At);
            }
            catch (SessionLogCorruptException exception)
            {
                LogDamaged(exception, Id, foldedThrough + 1, exception.LastSequence);
                (damage, listing) = ((damage?.First ?? foldedThrough + 1, exception.LastSequence), null);
                foldedThrough = exception.LastSequence;
            }
        }
        return damage;
    }
}
