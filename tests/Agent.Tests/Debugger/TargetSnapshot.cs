using System.Security.Cryptography;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>All that a stopped process and its debugger could have changed about it: memory that may be written, registers, position, breakpoints.</summary>
internal sealed record TargetSnapshot(string Memory, string Registers, string Position, string Breakpoints, string Settings)
{
    public static async Task<TargetSnapshot> TakeAsync(DebuggerSession gdb)
    {
        var target = Assert.Single(gdb.Targets());
        return new(
            HashOf(target),
            await gdb.RunAsync("info all-registers rip rsp rbp rax rbx rcx rdx rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 eflags fs_base gs_base"),
            await gdb.RunAsync("frame") + await gdb.RunAsync("thread"),
            await gdb.RunAsync("info breakpoints") + await gdb.RunAsync("info display"),
            await gdb.RunAsync("show language") + await gdb.RunAsync("show may-call-functions") + await gdb.RunAsync("show print pretty"));
    }

    private static string HashOf(int target)
    {
        using var memory = File.OpenHandle($"/proc/{target}/mem");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var mapping in File.ReadLines($"/proc/{target}/maps").Where(line => line.Split(' ')[1].StartsWith("rw", StringComparison.Ordinal)))
        {
            var ends = mapping.Split(' ')[0].Split('-').Select(end => Convert.ToInt64(end, 16)).ToArray();
            var bytes = new byte[ends[1] - ends[0]];
            for (var read = 0; read < bytes.Length;)
                read += RandomAccess.Read(memory, bytes.AsSpan(read), ends[0] + read);
            hash.AppendData(bytes);
        }
        return Convert.ToHexString(hash.GetCurrentHash());
    }
}
