
namespace OrleansKd.Tui.Model;

/// <summary>What a dialog shows of the server, asked for again while it is open, and changes there. Raises <see cref="Changed"/> on any thread.</summary>
internal abstract class LiveModel
{
    private readonly RequestModel reading = new();
    private readonly RequestModel change = new();

    protected LiveModel()
    {
        reading.Changed += () => Changed?.Invoke();
        change.Changed += () => Changed?.Invoke();
    }

    public event Action? Changed;

    /// <summary>A change is under way.</summary>
    public bool IsBusy => change.IsBusy;

    /// <summary>Why the last change was refused, else why what is shown may be old.</summary>
    public string? Problem => change.Problem ?? reading.Problem;

    public Task RefreshAsync() => reading.RunAsync(ReadAsync);

    /// <summary>Refuses before anything is asked.</summary>
    public void Refuse(string problem) => change.Refuse(problem);

    /// <summary>Does it, and shows at once what it made otherwise.</summary>
    protected Task ChangeAsync(Func<CancellationToken, Task> request) => change.RunAsync(async cancellationToken =>
    {
        await request(cancellationToken);
        await ReadAsync(cancellationToken);
    });

    protected abstract Task ReadAsync(CancellationToken cancellationToken);
}
