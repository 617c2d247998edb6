namespace OrleansKd.EndToEnd.Tests.Infrastructure;

/// <summary>Stories that time a stop, or flood the machine: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
