using Orleans.Serialization;
using Orleans.Storage;

namespace OrleansKd.Grains.Tests.Cluster;

/// <summary>
/// The stored state of all grains in this process's memory, with ETags as a table has them. It outlives silos; a test can stall or fail
/// a write before or after it is done, which is a crash between any two steps.
/// </summary>
public sealed class StoredGrains
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, GrainId Grain), (byte[] State, int Version)> rows = [];
    private int writes;

    /// <summary>Awaited before a state is read; throwing means that it can't be.</summary>
    public Func<string, GrainId, Task>? BeforeRead { get; set; }

    /// <summary>Awaited before a write is done; throwing means that it never is.</summary>
    public Func<string, GrainId, Task>? BeforeWrite { get; set; }

    /// <summary>Awaited when a write is done and its grain does not know yet.</summary>
    public Func<string, GrainId, Task>? AfterWrite { get; set; }

    /// <summary>Awaited before a state is cleared; throwing means that it never is.</summary>
    public Func<string, GrainId, Task>? BeforeClear { get; set; }

    /// <summary>Awaited when a state is cleared and its grain does not know yet.</summary>
    public Func<string, GrainId, Task>? AfterClear { get; set; }

    /// <summary>States that are stored for grains whose key has this in it.</summary>
    public string[] Of(string key)
    {
        lock (gate)
            return [.. rows.Keys.Where(row => row.Grain.Key.ToString()!.Contains(key, StringComparison.Ordinal)).Select(row => $"{row.Name} {row.Grain}")];
    }

    public int Writes => Volatile.Read(ref writes);

    /// <summary>As if nothing had ever been stored under that name.</summary>
    public void Forget(string stateName)
    {
        lock (gate)
        {
            foreach (var key in rows.Keys.Where(key => key.Name == stateName).ToArray())
                rows.Remove(key);
        }
    }

    internal IGrainStorage For(Serializer serializer) => new Storage(this, serializer);

    private sealed class Storage(StoredGrains stored, Serializer serializer) : IGrainStorage
    {
        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stored.BeforeRead is { } before)
                await before(stateName, grainId);
            lock (stored.gate)
            {
                if (stored.rows.TryGetValue((stateName, grainId), out var row))
                    (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(row.State), $"{row.Version}", true);
                else
                    (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
            }
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stored.BeforeWrite is { } before)
                await before(stateName, grainId);
            lock (stored.gate)
            {
                var found = stored.rows.TryGetValue((stateName, grainId), out var row) ? $"{row.Version}" : null;
                if (found != grainState.ETag)
                    throw new InconsistentStateException($"{stateName} of {grainId} was written by another activation.", found, grainState.ETag);
                stored.rows[(stateName, grainId)] = (serializer.SerializeToArray(grainState.State), row.Version + 1);
                (grainState.ETag, grainState.RecordExists) = ($"{row.Version + 1}", true);
                stored.writes++;
            }
            if (stored.AfterWrite is { } after)
                await after(stateName, grainId);
        }

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stored.BeforeClear is { } before)
                await before(stateName, grainId);
            lock (stored.gate)
            {
                if (grainState.ETag is { } known)
                {
                    var found = stored.rows.TryGetValue((stateName, grainId), out var row) ? $"{row.Version}" : null;
                    if (found != known)
                        throw new InconsistentStateException($"{stateName} of {grainId} was written by another activation.", found, known);
                    stored.rows.Remove((stateName, grainId));
                }
            }
            if (stored.AfterClear is { } after)
                await after(stateName, grainId);
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        }
    }
}
