namespace OrleansKd.KdHost.Tests;

/// <summary>What the engine prints.</summary>
internal static class Texts
{
    public const string Prompt = "0:000> ";
    public const string KernelPrompt = "kd> ";

    /// <summary>The end of a session, to everybody in it.</summary>
    public const string Quit = "quit:\n";

    public const string Detached = "Detached\n";
    public const string QuitRefused = "Exit a remote ntsd/cdb client with Ctrl-b<enter>.\n";
    public const string BreakException = "Break instruction exception - code 80000003 (first chance)\n";
    public const string Interrupted = "User interrupted operation error in '";
}
