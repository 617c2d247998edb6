namespace OrleansKd.Contracts.Debuggers.Gdb;

internal sealed class GdbGrammar : CommandGrammar
{
    public override string? QuitWordIn(string line) => GdbCommand.Acting(line).Where(GdbWords.Quits).Select(command => command.Name).FirstOrDefault();

    public override bool MayRepeat(string line) => GdbWords.Pages(GdbCommand.Parse(line).Name);

    public override bool Resumes(string line) => GdbCommand.Acting(line).Any(GdbWords.Resumes);

    public override bool AsksForMore(string line) => GdbCommand.Acting(line).Any(GdbWords.AsksForMore);

    private protected override string? RefusalOf(string line) => GdbReading.RefusalOf(line);
}
