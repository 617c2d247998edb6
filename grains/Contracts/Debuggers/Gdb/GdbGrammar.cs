namespace OrleansKd.Contracts.Debuggers.Gdb;

internal sealed class GdbGrammar : CommandGrammar
{
    public override string? QuitWordIn(string line) => GdbCommand.Acting(line).Where(GdbWords.Quits).Select(command => command.Name).FirstOrDefault();

    public override bool MayRepeat(string line) => GdbWords.Pages(GdbCommand.Parse(line).Name);

    public override bool Resumes(string line) => GdbCommand.Acting(line).Any(GdbWords.Resumes);

    public override bool AsksForMore(string line) => GdbCommand.Acting(line).Any(GdbWords.AsksForMore);

    public override bool IsOwnPrompt(string prompt) => prompt.Trim() == "(gdb)";

    /// <summary>No calls and no writes to memory while it runs; a gdb that does not know these settings refuses the line. A comment is nothing to guard.</summary>
    public override string Guarded(string line) =>
        GdbCommand.Parse(line).Name == "#" ? line : $"with may-call-functions off -- with may-write-memory off -- {line.Trim()}";

    private protected override string? RefusalOf(string line) => GdbReading.RefusalOf(line);
}
