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

    /// <summary>Searches for people (Find) that one user may make within a minute at this process: quick typing, but no address book.</summary>
    public int FindsPerMinute { get; set; } = 30;

    /// <summary>The same for requests that invite, each of ten people at most, who get a mail.</summary>
    public int InvitesPerMinute { get; set; } = 30;

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
    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        List<string> failures = [];
        if (options.MemoryBudgetMegabytes is < EdgeOptions.LeastMegabytes)
            failures.Add($"OrleansKd:Edge:MemoryBudgetMegabytes is {options.MemoryBudgetMegabytes}; it must be at least {EdgeOptions.LeastMegabytes}, or left out ({EdgeOptions.DefaultShare:P0} of this machine's or container's memory).");
        if (options.FindsPerMinute < 1 || options.InvitesPerMinute < 1)
            failures.Add($"OrleansKd:Edge:FindsPerMinute ({options.FindsPerMinute}) and :InvitesPerMinute ({options.InvitesPerMinute}) must be at least 1.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
