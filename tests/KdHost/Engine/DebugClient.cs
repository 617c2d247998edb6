using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace OrleansKd.KdHost.Engine;

/// <summary>IDebugClient5, as far as this console needs it. Belongs to the thread that made it, except where said.</summary>
internal sealed unsafe partial class DebugClient(nint pointer) : EngineInterface(pointer)
{
    private const uint DebugOnlyThisProcess = 2;
    private static readonly Guid Id = new("e3acb9d7-7ec2-4f0c-a0da-e81e0cbbe628");
    private static readonly StrategyBasedComWrappers Wrappers = new();

    /// <summary>An engine of this process.</summary>
    public static DebugClient Create()
    {
        Check(DebugCreate(in Id, out var pointer), nameof(DebugCreate));
        return new(pointer);
    }

    /// <summary>The engine of a server elsewhere.</summary>
    public static DebugClient Connect(string transport)
    {
        Check(DebugConnectWide(transport, in Id, out var pointer), nameof(DebugConnectWide));
        return new(pointer);
    }

    public DebugControl Control() => new(Query(DebugControl.Id));

    public void AttachProcess(int processId) =>
        Check(((delegate* unmanaged<nint, ulong, uint, uint, int>)Slot(12))(Pointer, 0, (uint)processId, 0), nameof(AttachProcess));

    /// <summary>Joins the session of the server, with all output from its beginning.</summary>
    public void ConnectSession() =>
        Check(((delegate* unmanaged<nint, uint, uint, int>)Slot(21))(Pointer, 0, uint.MaxValue), nameof(ConnectSession));

    public void EndSession(SessionEnd end) => Check(((delegate* unmanaged<nint, uint, int>)Slot(26))(Pointer, (uint)end), nameof(EndSession));

    /// <summary>Lets callbacks of others arrive, until <see cref="ExitDispatch"/> or the limit.</summary>
    public void DispatchCallbacks(TimeSpan limit) =>
        Check(((delegate* unmanaged<nint, uint, int>)Slot(28))(Pointer, (uint)limit.TotalMilliseconds), nameof(DispatchCallbacks));

    /// <summary>
    /// Ends <paramref name="other"/>'s <see cref="DispatchCallbacks"/>, or its next one when it is not in it now (seen). From this
    /// client's thread.
    /// </summary>
    public void ExitDispatch(DebugClient other) =>
        Check(((delegate* unmanaged<nint, nint, int>)Slot(29))(Pointer, other.Pointer), nameof(ExitDispatch));

    /// <summary>Another client of the same engine, for the calling thread.</summary>
    public DebugClient CreateClient()
    {
        nint pointer;
        Check(((delegate* unmanaged<nint, nint*, int>)Slot(30))(Pointer, &pointer), nameof(CreateClient));
        return new(pointer);
    }

    public void OpenDumpFile(string path)
    {
        fixed (char* text = path)
            Check(((delegate* unmanaged<nint, char*, ulong, int>)Slot(60))(Pointer, text, 0), nameof(OpenDumpFile));
    }

    public void CreateProcess(string commandLine)
    {
        // The engine may write into it.
        fixed (char* text = (commandLine + '\0').ToCharArray())
            Check(((delegate* unmanaged<nint, ulong, char*, uint, uint, uint, int>)Slot(59))(Pointer, 0, text, DebugOnlyThisProcess, 0, 0), nameof(CreateProcess));
    }

    public void AttachKernel(string options)
    {
        fixed (char* text = options)
            Check(((delegate* unmanaged<nint, uint, char*, int>)Slot(66))(Pointer, 0, text), nameof(AttachKernel));
    }

    public void StartServer(string transport)
    {
        fixed (char* text = transport)
            Check(((delegate* unmanaged<nint, char*, int>)Slot(71))(Pointer, text), nameof(StartServer));
    }

    /// <summary>Prints who this client is.</summary>
    public void OutputIdentity(OutputTo target, string format)
    {
        fixed (char* text = format)
            Check(((delegate* unmanaged<nint, uint, uint, char*, int>)Slot(78))(Pointer, (uint)target, 0, text), nameof(OutputIdentity));
    }

    public void SetOutputCallbacks(IDebugOutputCallbacksWide callbacks) => SetCallbacks(74, callbacks, typeof(IDebugOutputCallbacksWide).GUID);

    public void SetInputCallbacks(IDebugInputCallbacks callbacks) => SetCallbacks(32, callbacks, typeof(IDebugInputCallbacks).GUID);

    public void SetEventCallbacks(IDebugEventCallbacksWide callbacks) => SetCallbacks(80, callbacks, typeof(IDebugEventCallbacksWide).GUID);

    private void SetCallbacks(int slot, object callbacks, Guid id)
    {
        var unknown = Wrappers.GetOrCreateComInterfaceForObject(callbacks, CreateComInterfaceFlags.None);
        Check(Marshal.QueryInterface(unknown, in id, out var pointer), nameof(Marshal.QueryInterface));
        Check(((delegate* unmanaged<nint, nint, int>)Slot(slot))(Pointer, pointer), nameof(SetCallbacks));
        Marshal.Release(pointer);
        Marshal.Release(unknown);
    }

    [LibraryImport("dbgeng")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int DebugCreate(in Guid id, out nint client);

    [LibraryImport("dbgeng", StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int DebugConnectWide(string options, in Guid id, out nint client);
}
