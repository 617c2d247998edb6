namespace OrleansKd.KdHost.Engine;

/// <summary>A call that the engine answered with an error.</summary>
internal sealed class EngineException(string call, int result) : Exception($"{call} failed, HRESULT 0x{result:X8}")
{
    /// <summary>The engine's HRESULT; 0x8007xxxx are Windows errors, 06xx of them RPC's.</summary>
    public int Result { get; } = result;
}
