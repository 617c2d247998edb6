using OrleansKd.Agent.Debugger.Gdb;
using OrleansKd.Agent.Debugger.Kd;
using OrleansKd.Agent.Debugger.Lldb;

namespace OrleansKd.Agent.Debugger;

/// <summary>All kinds of debuggers that the agent knows.</summary>
internal static class DebuggerProfiles
{
    public static readonly IReadOnlyList<DebuggerProfile> All = [new GdbProfile(), new LldbProfile(), new KdProfile("kd"), new KdProfile("cdb"), new KdProfile("ntsd")];

    /// <summary>Recognises a debugger by its file's name; null when it is none.</summary>
    public static DebuggerProfile? For(string path) => All.FirstOrDefault(profile => profile.Recognises(path));
}
