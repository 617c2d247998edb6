namespace OrleansKd.Chaos.Storage;

/// <summary>How far a request has come when the trap springs.</summary>
internal enum TrapMoment
{
    /// <summary>All its bytes are at the proxy; it is never passed on.</summary>
    Arrived,

    /// <summary>On its way to the storage, which carries it out; nobody waits for the answer.</summary>
    Forwarded,

    /// <summary>The storage has answered; the answer never goes back.</summary>
    Answered,

    /// <summary>Nothing dies: this and all later requests of the silo wait until they are released, as at a storage that hangs.</summary>
    Held,
}

/// <summary>What a trap caught.</summary>
/// <param name="Status">Of the storage's answer, when there was one.</param>
internal sealed record StorageHit(StorageProxy Proxy, StorageRequest Request, TrapMoment Moment, int? Status);

/// <summary>Waits for one request and springs once, at its moment, whichever proxy the request passes.</summary>
/// <param name="skip">Matching requests that pass before.</param>
internal sealed class StorageTrap(Func<StorageProxy, StorageRequest, bool> matches, TrapMoment moment, int skip = 0)
{
    private readonly TaskCompletionSource<StorageHit> hit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = skip + 1;

    public TrapMoment Moment => moment;

    public Task<StorageHit> Hit => hit.Task;

    /// <summary>True for exactly one request.</summary>
    public bool Takes(StorageProxy proxy, StorageRequest request) => matches(proxy, request) && Interlocked.Decrement(ref left) == 0;

    /// <summary>Kills at this very moment, then tells.</summary>
    public void Spring(StorageHit caught)
    {
        if (moment is not TrapMoment.Held)
            caught.Proxy.OnTrap?.Invoke();
        hit.TrySetResult(caught);
    }
}
