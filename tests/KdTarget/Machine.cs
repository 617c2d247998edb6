using System.Buffers.Binary;

namespace OrleansKd.KdTarget;

/// <summary>
/// What is debugged: one processor, memory that is zero until it is written, and a clock that advances only while it runs.
/// </summary>
internal sealed class Machine
{
    public const ulong KernelBase = 0xFFFFF80000000000;
    public const ushort KernelCodeSegment = 0x10;

    /// <summary>Where the running thread's object would be.</summary>
    public const ulong Thread = 0xFFFFF80000008000;

    /// <summary>The size of CONTEXT on AMD64.</summary>
    public const int ContextBytes = 0x4D0;

    private const int FlagsAt = 0x30, CodeSegmentAt = 0x38, StackSegmentAt = 0x42, ProcessorFlagsAt = 0x44, StackPointerAt = 0x98, InstructionPointerAt = 0xF8;
    private const ulong FirstInstruction = KernelBase + 0x1000, Stack = KernelBase + 0x9000;
    private const ushort KernelDataSegment = 0x18;

    /// <summary>The segments' descriptors: 64-bit code and data, ring 0.</summary>
    private const ulong DescriptorTable = KernelBase + 0x3000, CodeDescriptor = 0x00209B0000000000, DataDescriptor = 0x0040930000000000;
    private const ushort DescriptorTableLimit = 0x1F;

    private const ulong ProcessorRegion = KernelBase + 0x4000, ProcessorBlock = ProcessorRegion + 0x180;

    /// <summary>Interrupts on.</summary>
    private const uint ProcessorFlags = 0x202;

    /// <summary>CONTEXT_AMD64 with control, integer, segments, floating point, debug registers.</summary>
    private const uint AllRegisters = 0x10001F;

    private readonly Dictionary<ulong, byte> memory = [];
    private readonly Lock gate = new();
    private long ticks;
    private bool isRunning;

    public Machine(bool isRunning)
    {
        this.isRunning = isRunning;
        BinaryPrimitives.WriteUInt32LittleEndian(Context.AsSpan(FlagsAt), AllRegisters);
        BinaryPrimitives.WriteUInt16LittleEndian(Context.AsSpan(CodeSegmentAt), KernelCodeSegment);
        BinaryPrimitives.WriteUInt16LittleEndian(Context.AsSpan(StackSegmentAt), KernelDataSegment);
        BinaryPrimitives.WriteUInt32LittleEndian(Context.AsSpan(ProcessorFlagsAt), ProcessorFlags);
        BinaryPrimitives.WriteUInt64LittleEndian(Context.AsSpan(StackPointerAt), Stack);
        InstructionPointer = FirstInstruction;
        Write(DescriptorTable + KernelCodeSegment, BitConverter.GetBytes(CodeDescriptor));
        Write(DescriptorTable + KernelDataSegment, BitConverter.GetBytes(DataDescriptor));
    }

    public byte[] Context { get; } = new byte[ContextBytes];

    public ulong InstructionPointer
    {
        get => BinaryPrimitives.ReadUInt64LittleEndian(Context.AsSpan(InstructionPointerAt));
        set => BinaryPrimitives.WriteUInt64LittleEndian(Context.AsSpan(InstructionPointerAt), value);
    }

    public bool IsRunning
    {
        get
        {
            lock (gate)
                return isRunning;
        }
        set
        {
            lock (gate)
                isRunning = value;
        }
    }

    /// <summary>Time passes outside; the machine's clock only follows when it runs.</summary>
    public (bool IsRunning, long Ticks) Tick()
    {
        lock (gate)
            return (isRunning, isRunning ? ++ticks : ticks);
    }

    public byte[] Read(ulong address, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length; at++)
            bytes[at] = memory.GetValueOrDefault(address + (ulong)at);
        return bytes;
    }

    /// <summary>What AMD64 kernels answer for a processor: addresses of its region, its block and its thread, or its special registers.</summary>
    public static byte[] ReadControlSpace(ulong item, int length)
    {
        const int SpecialRegistersBytes = 0xE0, PagingAt = 0, ExtensionsAt = 24, LimitAt = 0x56, BaseAt = 0x58;
        const ulong Paging = 0x80050033, Extensions = 0x6F8;
        var bytes = new byte[Math.Max(length, SpecialRegistersBytes)];
        switch (item)
        {
            case 0:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, ProcessorRegion);
                break;
            case 1:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, ProcessorBlock);
                break;
            case 2:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(PagingAt), Paging);
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ExtensionsAt), Extensions);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(LimitAt), DescriptorTableLimit);
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(BaseAt), DescriptorTable);
                break;
            case 3:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, Thread);
                break;
        }
        return bytes[..length];
    }

    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            memory[address++] = value;
    }
}
