using Microsoft.Extensions.Options;

namespace OrleansKd.Silo.Hosting;

/// <summary>Section <c>OrleansKd:Edge</c>: what this process takes on as an edge. Read again when the settings change.</summary>
public sealed class EdgeOptions
{
    /// <summary>
    /// Memory that this process may hold, all roles together. Near it, it refuses newcomers instead of being killed. Null:
    /// <see cref="DefaultShare"/> of what the runtime says is there.
    /// </summary>
    public int? MemoryBudgetMegabytes { get; set; }

    /// <summary>The rest is for the system and for what happens between two looks.</summary>
    internal const double DefaultShare = 0.8;

    /// <summary>A server that does nothing holds more than that: less would only ever refuse.</summary>
    internal const int LeastMegabytes = 64;

    internal long BudgetBytes => MemoryBudgetMegabytes is { } megabytes
        ? megabytes * 1024L * 1024
        : (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * DefaultShare);
}

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options) => options.MemoryBudgetMegabytes is < EdgeOptions.LeastMegabytes
        ? ValidateOptionsResult.Fail($"OrleansKd:Edge:MemoryBudgetMegabytes is {options.MemoryBudgetMegabytes}; it must be at least {EdgeOptions.LeastMegabytes}, or left out ({EdgeOptions.DefaultShare:P0} of this machine's or container's memory).")
        : ValidateOptionsResult.Success;
}
