namespace OrleansKd.Agent.Debugger;

/// <summary>Writes of several to one stream: whole, and in the order in which they were given.</summary>
internal sealed class OrderedWrites
{
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;

    public Task AddAsync(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        lock (gate)
            return last = WriteAsync(last, stream, bytes);
    }

    private static async Task WriteAsync(Task before, Stream stream, ReadOnlyMemory<byte> bytes)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }
}
