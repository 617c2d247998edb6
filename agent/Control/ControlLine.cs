using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Control;

/// <summary>One JSON value on a line of its own, over a control channel.</summary>
internal static class ControlLine
{
    /// <summary>Bytes of a line: the status of an agent with all the runs it may have is a few kilobytes.</summary>
    private const int MaxBytes = 256 * 1024;

    public static async Task WriteAsync<T>(Stream stream, T value, CancellationToken cancellationToken)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options), (byte)'\n'];
        await stream.WriteAsync(line, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Null when the other side went away before the line's end.</summary>
    /// <exception cref="JsonException">It is no such value.</exception>
    public static async Task<T?> ReadAsync<T>(Stream stream, CancellationToken cancellationToken)
        where T : class
    {
        using var line = new MemoryStream();
        var block = new byte[4096];
        while (line.Length < MaxBytes)
        {
            var read = await stream.ReadAsync(block, cancellationToken);
            var end = block.AsSpan(0, read).IndexOf((byte)'\n');
            line.Write(block, 0, end < 0 ? read : end);
            if (end >= 0)
                return JsonSerializer.Deserialize<T>(line.GetBuffer().AsSpan(0, (int)line.Length), WireJson.Options);
            if (read == 0)
                return null;
        }
        throw new JsonException($"A line has more than {MaxBytes} bytes.");
    }
}
