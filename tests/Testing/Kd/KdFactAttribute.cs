using System.Runtime.CompilerServices;
using Xunit;

namespace OrleansKd.Testing.Kd;

/// <summary>A test that needs Microsoft's debugger engine, and so Wine. Without Wine it is skipped; in CI that is a failure (.ci/run).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KdFactAttribute : FactAttribute
{
    public KdFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Wine.Missing;
}
