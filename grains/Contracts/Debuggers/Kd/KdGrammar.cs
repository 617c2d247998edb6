namespace OrleansKd.Contracts.Debuggers.Kd;

/// <summary>kd, cdb and ntsd, by Microsoft's documentation of their commands.</summary>
internal sealed class KdGrammar(string kind) : CommandGrammar
{
    private const string ControlB = "^b";

    private readonly KdReading reading = new(kind);

    public override string? QuitWordIn(string line)
    {
        if (line.Trim().Equals(ControlB, StringComparison.OrdinalIgnoreCase))
            return ControlB;
        foreach (var command in KdLine.Commands(line))
        {
            if (KdWords.Quits(command.Name))
                return command.Name.ToLowerInvariant();
        }
        return null;
    }

    public override bool MayRepeat(string line) =>
        !line.AsSpan().ContainsAny("\";{}") && KdLine.Commands(line).ToArray() is [var only] && KdWords.Pages(only.Name);

    public override bool Resumes(string line) => KdLine.Commands(line).Any(command => KdWords.Resumes(command.Name));

    public override bool AsksForMore(string line) => KdLine.Commands(line).Any(KdWords.AsksForMore);

    private protected override string? RefusalOf(string line) => reading.RefusalOf(line);
}
