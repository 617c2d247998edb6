using System.Buffers.Binary;

namespace OrleansKd.KdTarget;

/// <summary>
/// The target's side of the KD protocol on one connection. The debugger resets, is told how the target stands, asks one thing at a
/// time while the target is stopped, and lets it go on. What is lost or damaged is not treated: the connection is TCP.
/// </summary>
internal sealed class DebuggerConnection(Stream stream, Machine machine)
{
    private const uint FirstId = 0x80800000, SyncBit = 0x800;
    private const uint Amd64 = 0x8664;
    private readonly PacketReader reader = new(stream);
    private uint nextId = FirstId | SyncBit;
    private uint expectedId = FirstId;
    private Packet last;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
            switch (await reader.ReadAsync(stop))
            {
                case null when machine.IsRunning:
                    await StopAsync(StateChange.Breakpoint, stop);
                    break;
                case { Type: PacketType.Reset }:
                    (nextId, expectedId) = (FirstId | SyncBit, FirstId);
                    await WriteAsync(Packet.Control(PacketType.Reset, 0), stop);
                    // Whoever connects to a target that is stopped is told so.
                    if (!machine.IsRunning)
                        await StopAsync(StateChange.Breakpoint, stop);
                    break;
                case { Type: PacketType.Resend }:
                    await WriteAsync(last, stop);
                    break;
                case { Type: PacketType.StateManipulate } packet:
                    await WriteAsync(Packet.Control(PacketType.Acknowledge, packet.Id & ~SyncBit), stop);
                    if (packet.Id != expectedId)
                        break;
                    expectedId ^= 1;
                    await AnswerAsync(new(packet.Data), stop);
                    break;
            }
    }

    private Task StopAsync(uint code, CancellationToken stop)
    {
        machine.IsRunning = false;
        return SendAsync(PacketType.StateChange64, StateChange.Of(machine.InstructionPointer, code), stop);
    }

    private async Task AnswerAsync(Message message, CancellationToken stop)
    {
        if (message.Request is Request.Continue or Request.Continue2)
        {
            if (message.Request == Request.Continue2 && message.Word32(4) != 0)
            {
                machine.InstructionPointer++;
                await StopAsync(StateChange.SingleStep, stop);
            }
            else
                machine.IsRunning = true;
            return;
        }
        // This one wants no answer: with one, every later answer would be taken for that of the request before.
        if (message.Request == Request.ClearAllInternalBreakpoints)
            return;
        await SendAsync(PacketType.StateManipulate, Answer(message), stop);
    }

    private byte[] Answer(Message message)
    {
        switch (message.Request)
        {
            case Request.GetVersion:
                return message.Answer(arguments: Version);
            case Request.ReadVirtualMemory or Request.ReadPhysicalMemory or Request.ReadControlSpace:
                var length = (int)Math.Min(message.Word32(8), Packet.MaxDataBytes - Message.HeaderLength);
                var data = message.Request == Request.ReadControlSpace ? Machine.ReadControlSpace(message.Word64(0), length) : machine.Read(message.Word64(0), length);
                return message.Answer(data, arguments => BinaryPrimitives.WriteInt32LittleEndian(arguments[12..], length));
            case Request.WriteVirtualMemory or Request.WritePhysicalMemory or Request.WriteControlSpace:
                // A step sets the processor's debug registers; nothing here looks at them.
                if (message.Request != Request.WriteControlSpace)
                    machine.Write(message.Word64(0), message.Data);
                var written = message.Data.Length;
                return message.Answer(arguments: arguments => BinaryPrimitives.WriteInt32LittleEndian(arguments[12..], written));
            case Request.GetContext:
                return message.Answer(machine.Context);
            case Request.SetContext:
                message.Data[..Math.Min(message.Data.Length, Machine.ContextBytes)].CopyTo(machine.Context);
                return message.Answer();
            case Request.GetContextEx:
                var (offset, wanted) = ContextPart(message);
                return message.Answer(machine.Context.AsSpan(offset, wanted), arguments => BinaryPrimitives.WriteInt32LittleEndian(arguments[8..], wanted));
            case Request.SetContextEx:
                var (start, given) = ContextPart(message);
                message.Data[..given].CopyTo(machine.Context.AsSpan(start));
                return message.Answer(arguments: arguments => BinaryPrimitives.WriteInt32LittleEndian(arguments[8..], given));
            case Request.WriteBreakpoint:
                // It is kept nowhere: no instruction ever runs here.
                return message.Answer(arguments: arguments => BinaryPrimitives.WriteUInt32LittleEndian(arguments[8..], 1));
            case Request.RestoreBreakpoint:
                return message.Answer();
            default:
                return message.Failure();
        }
    }

    private static (int Offset, int Count) ContextPart(Message message)
    {
        var offset = (int)Math.Min(message.Word32(0), Machine.ContextBytes);
        return (offset, (int)Math.Min(message.Word32(4), (uint)(Machine.ContextBytes - offset)));
    }

    /// <summary>DBGKD_GET_VERSION64: a 64-bit Windows 10, without a kernel image or lists that could be looked at.</summary>
    private static void Version(Span<byte> arguments)
    {
        arguments[..40].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(arguments, 0xF);
        BinaryPrimitives.WriteUInt16LittleEndian(arguments[2..], 19041);
        arguments[4] = 6;
        arguments[5] = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(arguments[6..], 0x47);
        BinaryPrimitives.WriteUInt16LittleEndian(arguments[8..], (ushort)Amd64);
        arguments[10] = 12;
        arguments[11] = 3;
        arguments[12] = 0x33;
        BinaryPrimitives.WriteUInt64LittleEndian(arguments[16..], Machine.KernelBase);
    }

    private Task SendAsync(PacketType type, byte[] data, CancellationToken stop)
    {
        last = new(type, nextId, data);
        nextId = (nextId & ~SyncBit) ^ 1;
        return WriteAsync(last, stop);
    }

    private async Task WriteAsync(Packet packet, CancellationToken stop) => await stream.WriteAsync(packet.ToBytes(), stop);
}
