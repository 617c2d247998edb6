using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>Calls from hubs to grains.</summary>
internal static class GrainCalls
{
    /// <summary>A silo that is lost meanwhile is a refusal like any other: the caller tries again.</summary>
    public static async Task<Outcome<T>> TryAsync<T>(Func<Task<Outcome<T>>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (Problems.IsTransient(exception))
        {
            return Refusals.Unavailable;
        }
    }
}
