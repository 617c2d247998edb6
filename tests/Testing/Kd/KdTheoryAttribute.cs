using System.Runtime.CompilerServices;
using Xunit;

namespace OrleansKd.Testing.Kd;

/// <summary><see cref="KdFactAttribute"/> with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KdTheoryAttribute : TheoryAttribute
{
    public KdTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Wine.Missing;
}
