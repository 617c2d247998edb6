namespace OrleansKd.Contracts.Debuggers;

/// <summary>A debugger of which nothing is known.</summary>
internal sealed class UnknownGrammar : CommandGrammar
{
    public override string? QuitWordIn(string line) => null;

    public override bool MayRepeat(string line) => false;

    public override bool Resumes(string line) => false;

    public override bool AsksForMore(string line) => false;

    public override bool IsOwnPrompt(string prompt) => false;

    private protected override string? RefusalOf(string line) => "The reading commands of this session's debugger are not known; entering commands needs full control.";
}
