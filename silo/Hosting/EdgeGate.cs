using System.Globalization;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>What a request asks of this process, as metadata of its endpoint.</summary>
/// <param name="HoldsMemory">A connection, or a transcript.</param>
/// <param name="ShowsSessions">Which a process out of touch with its cluster must not do (rule I6).</param>
internal sealed record EdgeDemand(bool HoldsMemory = false, bool ShowsSessions = false);

/// <summary>Sends requests away that this process can't take now, before they cost anything.</summary>
internal sealed class EdgeGate(RequestDelegate next, MemoryBudget memory, ClusterWatch cluster)
{
    /// <summary>The membership table is looked at every second; a client that waits two finds out at most once too often.</summary>
    private static readonly TimeSpan TouchRetryAfter = TimeSpan.FromSeconds(2);

    public Task InvokeAsync(HttpContext context)
    {
        var demand = context.GetEndpoint()?.Metadata.GetMetadata<EdgeDemand>();
        if (demand is { HoldsMemory: true } && memory.Refusal is { } full)
            return RefuseAsync(context, full, MemoryBudget.RetryAfter);
        if (demand is { ShowsSessions: true } && !cluster.IsInTouch)
            return RefuseAsync(context, Refusals.Unavailable, TouchRetryAfter);
        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = retryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Http(refusal).ExecuteAsync(context);
    }
}
