using OrleansKd.Agent.Api;

namespace OrleansKd.Tui.Model;

/// <summary>A request that a dialog makes: under way, refused with a reason, or done. Raises <see cref="Changed"/> on any thread.</summary>
internal sealed class RequestModel
{
    private const string Working = "Working…";

    public event Action? Changed;

    public bool IsBusy { get; private set; }

    public string? Problem { get; private set; }

    public bool IsDone { get; private set; }

    /// <summary>What it does while it is busy.</summary>
    public string Doing { get; private set; } = Working;

    /// <summary>Does it once at a time; a refusal becomes <see cref="Problem"/>.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> request)
    {
        if (IsBusy)
            return;
        (IsBusy, Problem, IsDone, Doing) = (true, null, false, Working);
        Changed?.Invoke();
        try
        {
            await Task.Run(() => request(CancellationToken.None));
            IsDone = true;
        }
        catch (ProblemException problem)
        {
            Problem = problem.Message;
        }
        finally
        {
            IsBusy = false;
        }
        Changed?.Invoke();
    }

    /// <summary>Says how far it is, on any thread.</summary>
    public void Tell(string doing)
    {
        Doing = doing;
        Changed?.Invoke();
    }

    /// <summary>What was refused is being corrected.</summary>
    public void Dismiss()
    {
        Problem = null;
        Changed?.Invoke();
    }

    /// <summary>Refuses before anything is asked.</summary>
    public void Refuse(string problem)
    {
        Problem = problem;
        Changed?.Invoke();
    }
}
