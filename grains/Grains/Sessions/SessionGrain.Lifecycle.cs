using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// Closing, opening again, terminating. Opening again through a new run takes as long as a debugger needs to start, and holds up nobody:
/// when the debugger is there, it is decided anew on what the session is then. A server that dies in between leaves a debugger whose run
/// no session knows; asking again finds it (the agent answers for the one that it started), and without that the agent leaves it.
/// </summary>
internal sealed partial class SessionGrain
{
    /// <summary>How long a debugger that is being left is waited for: with the start of the next one it fits into the call's time.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(8);

    /// <summary>Computers that are asked whether they are online, for a sentence that names them.</summary>
    private const int ComputersNamed = 16;

    private bool isReopening;

    public async Task<Outcome<Done>> Close(CallerId caller, TargetFate? target, string? key)
    {
        var name = RequestName.Of(caller, key, nameof(Close), target?.ToString());
        return Repeated(caller, name) is { } repeated
            ? AsDone(repeated)
            : await CommitAndList(() => LifecycleRules.Close(session, caller, target, agent.IsReachable, agent.HandedThrough, Guid.NewGuid().ToString("N"), Now).Under(name));
    }

    public Task<Outcome<Done>> Terminate(CallerId caller, TargetFate? target) =>
        CommitAndList(() => LifecycleRules.Terminate(session, caller, target, agent.HandedThrough, Now));

    public async Task<Outcome<Done>> Change(CallerId caller, SessionChange change) => AsDone(await Commit(LifecycleRules.Change(session, caller, change, Now)));

    public async Task<Outcome<Done>> Reopen(CallerId caller, ReopenSession? request, string? key)
    {
        if (writer is null)
            return Refusals.SessionNotFound;
        // Arguments may hold a secret, so they are no part of what a key stands for.
        var name = RequestName.Of(caller, key, nameof(Reopen), $"{request?.Computer}\n{request?.Debugger}");
        if (Repeated(caller, name) is { } repeated)
            return AsDone(repeated);
        var decision = LifecycleRules.Reopen(session, caller, request ?? ReopenSession.AsRecorded, Now);
        if (decision is not Decision.StartFirst start)
            return await CommitAndList(() => LifecycleRules.Reopen(session, caller, request ?? ReopenSession.AsRecorded, Now).Under(name));
        if (isReopening)
            return new Refusal(ProblemCodes.WrongState, $"'{session.Name}' is being opened again already. Look at it in a moment.");
        isReopening = true;
        try
        {
            return await StartAgain(caller, start, name);
        }
        finally
        {
            isReopening = false;
        }
    }

    private async Task<Outcome<Done>> StartAgain(CallerId caller, Decision.StartFirst start, Outcome<RequestName>? name)
    {
        var host = SessionViews.Load(session.Host!);
        if ((await GrainFactory.User(host.Id).GetAccount()).Value is not { MayHost: true })
            return new Refusal(ProblemCodes.NotPermitted, $"{host.Email} may not host sessions any more, so no debugger is started for '{session.Name}'.");
        var computer = GrainFactory.Computer(host.Id, start.Computer);
        if (!(await computer.Describe()).IsOnline)
            return await NotOnline(host, caller.User == host.Id, start.Computer);
        if (agent.IsReachable || (await GrainFactory.Computer(host.Id, session.Computer).Describe()).IsOnline)
            await WhenRunIsOver();
        if (!session.RunIsOver && agent.IsReachable)
            return new Refusal(ProblemCodes.WrongState, $"The debugger of '{session.Name}' is still being left on {session.Computer}. Try again in a few seconds.");
        var run = session.Run + 1;
        var started = await computer.StartDebugger(new StartDebugger(Id, run, start.Debugger, start.Arguments, start.Computer, session.WhenSpoolFull, OnlyThroughServer: true));
        if (started.Refusal is { } notStarted)
            return notStarted;
        LogStartedAgain(Id, run);
        return await CommitAndList(() => LifecycleRules.AfterStart(session, caller, run, start.Debugger, started.Value!, Now).Under(name));
    }

    private async Task WhenRunIsOver()
    {
        var end = time.GetTimestamp() + (long)(LeaveLimit.TotalSeconds * time.TimestampFrequency);
        for (var changed = readers.Next; !session.RunIsOver && await WaitFor(changed, end);)
            changed = readers.Next;
    }

    /// <summary>Says what is missing; to the host also what would do.</summary>
    private async Task<Refusal> NotOnline(Person host, bool isHost, string computer)
    {
        var missing = $"No agent of {(isHost ? "yours" : "the host's")} runs on {VisibleText.From(computer)}, so the debugger of '{session.Name}' can't be started there.";
        if (!isHost)
            return new Refusal(ProblemCodes.ComputerNotFound, $"{missing} Ask {host.Name} to start the agent; the history can be read meanwhile.");
        List<string> online = [];
        foreach (var name in (await GrainFactory.User(host.Id).ListComputers()).Take(ComputersNamed))
        {
            if ((await GrainFactory.Computer(host.Id, name).Describe()).IsOnline)
                online.Add(name);
        }
        return new Refusal(ProblemCodes.ComputerNotFound, online.Count == 0
            ? $"{missing} None of your computers is online: run 'orleanskd agent run' on one. The history can be read meanwhile."
            : $"{missing} Run 'orleanskd agent run' there, or open the session again on another computer of yours that is online: {string.Join(", ", online)}.");
    }
}
