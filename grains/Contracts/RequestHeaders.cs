namespace OrleansKd.Contracts;

/// <summary>Headers of requests that are this server's own.</summary>
public static class RequestHeaders
{
    /// <summary>
    /// Names one request: 1 to <see cref="Limits.RequestKeyLength"/> visible ASCII characters, chosen by the caller, new for each request and
    /// the same for its repeats. What was done under a key is not done again; the repeat gets the answer of the first. A request that was
    /// refused did nothing, and its repeat is tried anew.
    /// </summary>
    public const string IdempotencyKey = "Idempotency-Key";
}
