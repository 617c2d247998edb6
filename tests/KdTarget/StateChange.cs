using System.Buffers.Binary;

namespace OrleansKd.KdTarget;

/// <summary>DBGKD_ANY_WAIT_STATE_CHANGE for AMD64: the target has stopped at an exception. Its parts and their places.</summary>
internal static class StateChange
{
    public const uint Breakpoint = 0x80000003, SingleStep = 0x80000004;
    private const int Length = 0xF0, ProcessorsAt = 8, ThreadAt = 16, InstructionPointerAt = 24, CodeAt = 32, AddressAt = 48, FirstChanceAt = 184;

    /// <summary>In the control report: which of its parts are there, and the code segment.</summary>
    private const int ReportFlagsAt = 0xC0 + 16 + 4 + 2, CodeSegmentAt = 0xC0 + 16 + 8 + 16;

    private const ushort IncludesSegments = 1, StandardCodeSegment = 2;
    private const uint Exception = 0x3030;

    public static byte[] Of(ulong instructionPointer, uint code)
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Exception);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ProcessorsAt), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ThreadAt), Machine.Thread);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(InstructionPointerAt), instructionPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CodeAt), code);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AddressAt), instructionPointer);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(FirstChanceAt), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(ReportFlagsAt), IncludesSegments | StandardCodeSegment);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(CodeSegmentAt), Machine.KernelCodeSegment);
        return bytes;
    }
}
