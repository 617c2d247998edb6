namespace OrleansKd.Grains;

/// <summary>
/// Wakes everybody who waits, without polling. A waiter takes <see cref="Next"/> before it looks, so that nothing that happens between
/// looking and waiting is missed.
/// </summary>
internal sealed class Wake
{
    private TaskCompletionSource next = New();

    public Task Next => next.Task;

    public void All()
    {
        var woken = next;
        next = New();
        woken.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
