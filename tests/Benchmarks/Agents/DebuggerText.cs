using System.Globalization;
using System.Text;

namespace OrleansKd.Benchmarks.Agents;

/// <summary>Bytes of the kind that debuggers print, and bytes that nothing compresses; the same in every run.</summary>
internal static class DebuggerText
{
    /// <summary>Chunks of <see cref="Contracts.Limits.ChunkBytes"/> of stack frames and memory dumps.</summary>
    public static byte[][] Frames(int chunks)
    {
        var random = new Random(4_711);
        string[] functions = ["do_idle", "cpu_startup_entry", "rest_init", "arch_call_rest_init", "start_kernel", "schedule_idle", "nt!KiSwapContext", "nt!KeWaitForSingleObject"];
        return [.. Enumerable.Range(0, chunks).Select(_ =>
        {
            var text = new StringBuilder();
            for (var i = 0; text.Length < Contracts.Limits.ChunkBytes; i++)
                text.Append(CultureInfo.InvariantCulture, $"#{i % 40,-3} 0x{random.NextInt64():x16} in {functions[random.Next(functions.Length)]} (arg=0x{random.NextInt64():x}) at kernel/sched/idle.c:{random.Next(400)}\n");
            return Encoding.ASCII.GetBytes(text.ToString(0, Contracts.Limits.ChunkBytes));
        })];
    }

    public static byte[][] Noise(int chunks)
    {
        var random = new Random(4_712);
        return [.. Enumerable.Range(0, chunks).Select(_ =>
        {
            var bytes = new byte[Contracts.Limits.ChunkBytes];
            random.NextBytes(bytes);
            return bytes;
        })];
    }
}
