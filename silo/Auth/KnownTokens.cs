using Microsoft.Extensions.Caching.Memory;

namespace OrleansKd.Silo.Auth;

/// <summary>Service tokens that this process has seen to be good lately; they are asked about all the same.</summary>
internal sealed class KnownTokens : IDisposable
{
    /// <summary>Tokens remembered: some hundred bytes each.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    private readonly MemoryCache tokens = new(new MemoryCacheOptions { SizeLimit = Most });

    public bool Contains(ServiceToken token) => tokens.TryGetValue(token, out _);

    public void Add(ServiceToken token) => tokens.Set(token, true, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Lasts });

    public void Dispose() => tokens.Dispose();
}
