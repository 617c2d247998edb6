using OrleansKd.Grains.Abstractions.Organizations;

namespace OrleansKd.Grains.Organizations;

/// <summary>One page of an organization's log, a row of its own, kept for ever.</summary>
[GrainType("permissionLog")]
internal sealed class PermissionLogGrain([PersistentState("permissionLog", "OrleansKd")] IPersistentState<PermissionLogState> state) : Grain, IPermissionLogGrain
{
    /// <summary>Entries of one page: at 2 KB each at most they fit one stored row (960 KB) twice over.</summary>
    public const int EntriesOfPage = 200;

    /// <summary>Numbers begin with 1.</summary>
    public static long PageOf(long number) => (number - 1) / EntriesOfPage;

    public async Task File(PermissionLogEntry[] entries)
    {
        var known = state.State.Entries.Select(entry => entry.Number).ToHashSet();
        PermissionLogEntry[] added = [.. entries.Where(entry => !known.Contains(entry.Number))];
        if (added.Length == 0)
            return;
        try
        {
            state.State = new PermissionLogState { Entries = [.. state.State.Entries.Concat(added).OrderBy(entry => entry.Number)] };
            await state.WriteStateAsync();
        }
        catch
        {
            // What is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    public Task<PermissionLogEntry[]> Read() => Task.FromResult(state.State.Entries);
}

/// <summary>A stored page. Names are stored: never renamed; members are only ever added.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.PermissionLogState")]
internal sealed record PermissionLogState
{
    [Id(0)]
    public PermissionLogEntry[] Entries { get; init; } = [];
}
