using System.Text.RegularExpressions;

namespace OrleansKd.Contracts.Debuggers.Kd;

/// <summary>kd, cdb and ntsd, by Microsoft's documentation of their commands.</summary>
internal sealed partial class KdGrammar(string kind) : CommandGrammar
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

    public override bool IsOwnPrompt(string prompt) => OwnPrompt().IsMatch(prompt.Trim());

    /// <summary><c>kd></c>, <c>0: kd></c>, <c>lkd></c>; in user mode <c>0:000></c>, with a processor's mode <c>0:000:x86></c>.</summary>
    [GeneratedRegex(@"^(([0-9]+: )?l?kd(:[a-z0-9]+)?|([0-9]+:){1,2}[0-9]{3,}(:[a-z0-9]+)?)>$", RegexOptions.IgnoreCase)]
    private static partial Regex OwnPrompt();

    private protected override string? RefusalOf(string line) => reading.RefusalOf(line);
}
