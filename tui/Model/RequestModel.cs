using OrleansKd.Agent.Api;

namespace OrleansKd.Tui.Model;

/// <summary>A request that a dialog makes: under way, refused with a reason, or done. Raises <see cref="Changed"/> on any thread.</summary>
internal sealed class RequestModel
{
    public event Action? Changed;

    public bool IsBusy { get; private set; }

    public string? Problem { get; private set; }

    public bool IsDone { get; private set; }

    /// <summary>Does it once at a time; a refusal becomes <see cref="Problem"/>.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> request)
    {
        if (IsBusy)
            return;
        (IsBusy, Problem, IsDone) = (true, null, false);
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

    /// <summary>Refuses before anything is asked.</summary>
    public void Refuse(string problem)
    {
        Problem = problem;
        Changed?.Invoke();
    }
}
