using System.Runtime.CompilerServices;
using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A real lldb.</summary>
internal static class LldbSession
{
    /// <summary>Without the user's own start file.</summary>
    public const string Quiet = "--no-lldbinit";

    /// <summary>Why no lldb can be run here; null when one can.</summary>
    public static string? Missing { get; } = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), []).Paths.Any(path => Path.GetFileName(path) == "lldb")
        ? null
        : "There is no lldb here: install lldb (on Debian and Ubuntu: apt-get install lldb).";

    public static Task<DebuggerSession> StartAsync(string arguments) => DebuggerSession.StartAsync("lldb", $"{Quiet} {arguments}");
}

/// <summary>A test that needs lldb; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LldbFactAttribute : FactAttribute
{
    public LldbFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = LldbSession.Missing;
}

/// <summary>A theory that needs lldb; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LldbTheoryAttribute : TheoryAttribute
{
    public LldbTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = LldbSession.Missing;
}
