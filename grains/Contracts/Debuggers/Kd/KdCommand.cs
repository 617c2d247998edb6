namespace OrleansKd.Contracts.Debuggers.Kd;

/// <summary>One command that the engine would run in a line, at once.</summary>
/// <param name="Name">As typed, without thread or processor: <c>k</c>, <c>.echo</c>, <c>!process</c>.</param>
/// <param name="Arguments">The rest, up to its end.</param>
internal readonly record struct KdCommand(string Name, string Arguments)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
