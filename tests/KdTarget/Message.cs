using System.Buffers.Binary;

namespace OrleansKd.KdTarget;

/// <summary>DbgKd…Api: what the debugger asks for.</summary>
internal enum Request : uint
{
    ReadVirtualMemory = 0x3130,
    WriteVirtualMemory = 0x3131,
    GetContext = 0x3132,
    SetContext = 0x3133,
    WriteBreakpoint = 0x3134,
    RestoreBreakpoint = 0x3135,
    Continue = 0x3136,
    ReadControlSpace = 0x3137,
    WriteControlSpace = 0x3138,
    Continue2 = 0x313C,
    ReadPhysicalMemory = 0x313D,
    WritePhysicalMemory = 0x313E,
    GetVersion = 0x3146,
    ClearAllInternalBreakpoints = 0x315A,
    GetContextEx = 0x315F,
    SetContextEx = 0x3160,
}

/// <summary>
/// DBGKD_MANIPULATE_STATE64: a request and, in the same form, its answer. 56 bytes (request, processor, status, then the
/// arguments at 16), and data after them.
/// </summary>
internal sealed class Message(byte[] bytes)
{
    public const int HeaderLength = 56;
    private const int StatusAt = 8, ArgumentsAt = 16;
    private const uint Unsuccessful = 0xC0000001;

    public Request Request => (Request)BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public ReadOnlySpan<byte> Data => bytes.AsSpan(HeaderLength);

    public ulong Word64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(ArgumentsAt + at));

    public uint Word32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ArgumentsAt + at));

    /// <summary>The answer: the request's own header with the status, and what <paramref name="arguments"/> changes, before the data.</summary>
    public byte[] Answer(ReadOnlySpan<byte> data = default, ArgumentWriter? arguments = null)
    {
        var answer = Header(0);
        arguments?.Invoke(answer.AsSpan(ArgumentsAt));
        return [.. answer, .. data];
    }

    public byte[] Failure() => Header(Unsuccessful);

    private byte[] Header(uint status)
    {
        var header = bytes[..HeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(StatusAt), status);
        return header;
    }
}

internal delegate void ArgumentWriter(Span<byte> arguments);
