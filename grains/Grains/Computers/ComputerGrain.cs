using Microsoft.Extensions.Hosting;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Computers;

namespace OrleansKd.Grains.Computers;

/// <summary>
/// Requests to one computer's agent. Memory only: a request lives for seconds and carries what must not be stored (rule B8);
/// an agent whose grain moved is told that it is out of step and registers again.
/// </summary>
[GrainType("computer")]
internal sealed class ComputerGrain(IHostApplicationLifetime lifetime, TimeProvider time) : Grain, IComputerGrain
{
    /// <summary>The debugger's own limit and the way there and back.</summary>
    private static readonly TimeSpan AnswerWithin = Limits.DebuggerStart + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>Without a read for this long the agent counts as offline; reads follow one another at most 3 seconds apart.</summary>
    private static readonly TimeSpan OnlineFor = TimeSpan.FromSeconds(5);

    /// <summary>Requests that may wait for one agent; starting a debugger takes it a moment, and a person asks for one at a time.</summary>
    private const int RequestsLimit = 16;

    private readonly List<(ComputerRequest Request, TaskCompletionSource<ComputerAnswer> Answer)> open = [];
    private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Wake changed = new();
    private CancellationTokenRegistration stopping;
    private ComputerRegistration? registration;
    private long heardAt;
    private long last;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stopping = lifetime.ApplicationStopping.Register(() => closing.TrySetResult());
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        closing.TrySetResult();
        await stopping.DisposeAsync();
    }

    public Task<Outcome<Done>> Register(ComputerRegistration registration)
    {
        if (IsOnline && this.registration!.AgentInstance != registration.AgentInstance)
        {
            return Task.FromResult<Outcome<Done>>(new Refusal(ProblemCodes.WrongState,
                $"Another agent of yours runs as computer '{VisibleText.From(registration.Computer)}'. Stop it, or give this one a name of its own with --computer."));
        }
        this.registration = registration;
        heardAt = time.GetTimestamp();
        changed.All();
        return Task.FromResult<Outcome<Done>>(new Done());
    }

    public async Task<Outcome<ComputerRequests>> ReadRequests(string connection, long after, TimeSpan wait)
    {
        var until = Task.Delay(wait < LongestWait ? wait : LongestWait, time);
        while (true)
        {
            var change = changed.Next;
            if (registration?.Connection != connection)
                return new Refusal(ProblemCodes.OutOfStep, "Another connection speaks for this computer, or this server does not know it yet. Register again.");
            heardAt = time.GetTimestamp();
            ComputerRequest[] found = [.. open.Where(item => item.Request.Number > after).Select(item => item.Request)];
            if (found.Length > 0 || until.IsCompleted || closing.Task.IsCompleted)
                return new ComputerRequests(found, last);
            await Task.WhenAny(change, until, closing.Task);
        }
    }

    public Task Answer(ComputerAnswer answer)
    {
        foreach (var item in open.Where(item => item.Request.RequestId == answer.RequestId))
            item.Answer.TrySetResult(answer);
        return Task.CompletedTask;
    }

    public async Task<Outcome<StartedDebugger>> StartDebugger(StartDebugger request)
    {
        if (!IsOnline)
            return new Refusal(ProblemCodes.ComputerNotFound, $"No agent of yours runs on {VisibleText.From(request.Computer)}. Start it there with 'orleanskd agent run', then try again.");
        if (open.Count >= RequestsLimit)
            return new Refusal(ProblemCodes.LimitReached, $"{RequestsLimit} debuggers are being started on {request.Computer} already. Try again when they are up.");
        var answer = new TaskCompletionSource<ComputerAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var item = (new ComputerRequest(++last, Guid.NewGuid().ToString("N"), request, AnswerWithin), answer);
        open.Add(item);
        changed.All();
        try
        {
            var answered = await answer.Task.WaitAsync(AnswerWithin, time);
            return answered.Started is { } started
                ? started with { Computer = registration?.Computer ?? started.Computer }
                : new Refusal(ProblemCodes.DebuggerNotStarted, answered.Problem ?? $"The agent could not start {request.Debugger}.");
        }
        catch (TimeoutException)
        {
            return new Refusal(ProblemCodes.DebuggerNotStarted, $"The agent on {request.Computer} did not answer within {AnswerWithin.TotalSeconds:F0} seconds. {(request.Run == 1 ? "No session was made" : "The session stays closed")}; look at the agent's log and try again.");
        }
        finally
        {
            open.Remove(item);
        }
    }

    public Task<ComputerDescription> Describe() => Task.FromResult(new ComputerDescription(IsOnline, registration?.Debuggers ?? []));

    private bool IsOnline => registration is not null && time.GetElapsedTime(heardAt) < OnlineFor;
}
