using System.Security.Cryptography;
using System.Text;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Gdb;

/// <summary>
/// gdb over pipes. The prompt itself is the marker: gdb prints it only when it waits for a command, and the target can't know
/// it. Nothing is ever written to gdb's input but the users' commands (inside <c>commands … end</c> it would become part of
/// them) until it is left for good.
/// </summary>
internal sealed class GdbDialect : MarkedDialect
{
    private readonly byte[] stem;
    private readonly string settingsFile;
    private readonly string otherwiseFile;

    public GdbDialect(string folder)
    {
        var secret = "okd-" + RandomNumberGenerator.GetHexString(32, lowercase: true) + "-";
        stem = Encoding.ASCII.GetBytes(secret);
        settingsFile = Path.Combine(folder, "settings.gdb");
        otherwiseFile = Path.Combine(folder, "otherwise.gdb");
        PrivateFolder.ReplaceFile(settingsFile, Encoding.ASCII.GetBytes(Settings(secret, otherwiseFile)));
        PrivateFolder.ReplaceFile(otherwiseFile, Encoding.ASCII.GetBytes(Otherwise));
    }

    /// <summary><c>-ix</c> files are read after the user's own <c>.gdbinit</c>. Ours come first because <c>--args</c> takes everything behind it.</summary>
    public override IReadOnlyList<string> OwnArguments => ["-ix", settingsFile, "-ix", otherwiseFile];

    /// <summary>
    /// It gets its target back and leaves; SIGTERM would end it with its breakpoints still in a running kernel. The script switches it off
    /// and does better.
    /// </summary>
    public override string EndSignal => "INT";

    /// <summary>
    /// gdb takes a second interrupt, before its stub answered the first one, for the wish to give up the connection, and a kernel would
    /// stop with nobody there. Slow links and probes answer within a second.
    /// </summary>
    public override TimeSpan? BreakAgainAfter => TimeSpan.FromSeconds(3);

    /// <summary>A shell or an editor, which gdb waits for. Processes that it debugs, also when they were let go, and stubs behind a pipe have groups of their own (seen).</summary>
    public override bool BreaksGroup => true;

    /// <summary>
    /// On SIGTERM gdb lets go of processes of this computer, which would not survive its being killed. A stub elsewhere may be asked to
    /// kill its target then, which one that hangs does as soon as it wakes up; without gdb it goes on as it is.
    /// </summary>
    public override bool MayBeTerminated(int processId) => Tracees.Of(processId).Count > 0;

    public override ReadOnlySpan<byte> MarkerStem => stem;

    public override string Prompt => "(gdb) ";

    /// <summary><c>&gt;</c>, indented by one blank for each open <c>if</c> or <c>while</c>.</summary>
    public override bool IsContinuationPrompt(ReadOnlySpan<byte> line) => line.TrimStart((byte)' ').SequenceEqual(">"u8);

    public override void Started() => Dispose();

    public override async Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate)
    {
        await console.ToPromptAsync();
        var word = fate switch { TargetFate.LetRun => "run", TargetFate.LeaveStopped => "stop", _ => "asis" };
        return await console.SendLastAsync($"python gdb.orleanskd_leave('{word}', {(console.WasRunning ? "True" : "False")})");
    }

    public override void Dispose()
    {
        if (!Directory.Exists(Path.GetDirectoryName(settingsFile)))
            return;
        File.Delete(settingsFile);
        File.Delete(otherwiseFile);
    }

    /// <summary>
    /// The wrapper gives a program that is started here an empty input, unless it was given one (<c>run &lt; file</c>): with gdb's own it would
    /// read the users' commands. It replaces itself, as gdb expects of a wrapper. At its end the script empties the other file, whose name
    /// depends on no locale of gdb's.
    /// </summary>
    private static string Settings(string secret, string otherwise) => $"""
        set pagination off
        set confirm off
        set width 0
        set height 0
        set style enabled off
        set exec-wrapper sh -c 'test /proc/$$/fd/0 -ef /proc/$PPID/fd/0 && exec </dev/null; exec "$@"' sh
        set prompt {secret}{(char)MarkerKind.Prompt}
        python
        {Script.Value}
        orleanskd("{secret}", bytes.fromhex("{Convert.ToHexString(Encoding.UTF8.GetBytes(otherwise))}"))
        del orleanskd
        end

        """;

    /// <summary>
    /// Read where the script did not run: gdb ends before it has a target. It would go on without the agent's part, and its end would be its
    /// target's.
    /// </summary>
    private const string Otherwise = "echo This gdb has no Python, or one that the agent's part can't run in (on Debian and Ubuntu: install gdb, not gdb-minimal).\\n\nquit 1\n";

    private static readonly Lazy<string> Script = new(() =>
    {
        using var script = new StreamReader(typeof(GdbDialect).Assembly.GetManifestResourceStream("orleanskd.py")!);
        return script.ReadToEnd();
    });
}
