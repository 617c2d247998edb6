using System.Security.Cryptography;
using System.Text;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

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
    private readonly string reportsFile;

    public GdbDialect(string folder)
    {
        var secret = "okd-" + RandomNumberGenerator.GetHexString(32, lowercase: true) + "-";
        stem = Encoding.ASCII.GetBytes(secret);
        settingsFile = Path.Combine(folder, "settings.gdb");
        reportsFile = Path.Combine(folder, "reports.gdb");
        PrivateFolder.ReplaceFile(settingsFile, Encoding.ASCII.GetBytes(Settings(secret)));
        PrivateFolder.ReplaceFile(reportsFile, Encoding.ASCII.GetBytes(Reports(secret)));
    }

    /// <summary><c>-ix</c> files are read after the user's own <c>.gdbinit</c>. Ours come first because <c>--args</c> takes everything behind it.</summary>
    public override IReadOnlyList<string> OwnArguments => ["-ix", settingsFile, "-ix", reportsFile];

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

    /// <summary>
    /// On SIGTERM gdb lets go of processes of this computer, which would not survive its being killed. A stub elsewhere may be asked to
    /// kill its target then, which one that hangs does as soon as it wakes up; without gdb it goes on as it is.
    /// </summary>
    public override bool MayBeTerminated(int processId) => Tracee.Of(processId).Count > 0;

    public override ReadOnlySpan<byte> MarkerStem => stem;

    public override string Prompt => "(gdb) ";

    /// <summary><c>&gt;</c>, indented by one blank for each open <c>if</c> or <c>while</c>.</summary>
    public override bool IsContinuationPrompt(ReadOnlySpan<byte> line) => line.TrimStart((byte)' ').SequenceEqual(">"u8);

    public override bool Resumes(string command) => CommandGrammar.For("gdb").Resumes(command);

    public override void Started() => Dispose();

    public override async Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate)
    {
        await console.ToPromptAsync();
        if (!console.ReportsTarget)
            return await LeaveWithoutPythonAsync(console, fate ?? (console.WasRunning ? TargetFate.LetRun : TargetFate.LeaveStopped));
        var word = fate switch { TargetFate.LetRun => "run", TargetFate.LeaveStopped => "stop", _ => "asis" };
        return await console.SendLastAsync($"python gdb.orleanskd_leave('{word}', {(console.WasRunning ? "True" : "False")})");
    }

    public override void Dispose()
    {
        if (!Directory.Exists(Path.GetDirectoryName(settingsFile)))
            return;
        File.Delete(settingsFile);
        File.Delete(reportsFile);
    }

    /// <summary>
    /// The wrapper gives a program that is started here an empty input, unless it was given one (<c>run &lt; file</c>): with gdb's own it would
    /// read the users' commands. It replaces itself, as gdb expects of a wrapper.
    /// </summary>
    private static string Settings(string secret) => $"""
        set pagination off
        set confirm off
        set width 0
        set height 0
        set style enabled off
        set exec-wrapper sh -c 'test /proc/$$/fd/0 -ef /proc/$PPID/fd/0 && exec </dev/null; exec "$@"' sh
        set prompt {secret}{(char)MarkerKind.Prompt}

        """;

    /// <summary>A gdb without Python prints one error and goes on.</summary>
    private static string Reports(string secret) => $"python\n{Script.Value}\norleanskd(\"{secret}\")\ndel orleanskd\nend\n";

    private static readonly Lazy<string> Script = new(() =>
    {
        using var script = new StreamReader(typeof(GdbDialect).Assembly.GetManifestResourceStream("orleanskd.py")!);
        return script.ReadToEnd();
    });

    /// <summary>By gdb's own commands, for one target: such a gdb can't tell what it holds.</summary>
    private static async Task<TargetFate?> LeaveWithoutPythonAsync(IDebuggerConsole console, TargetFate fate)
    {
        var tracees = fate == TargetFate.LeaveStopped ? Tracee.Of(console.ProcessId) : [];
        if (fate == TargetFate.LeaveStopped && tracees.Count == 0)
        {
            // Never for a local target: it would die. A remote stub keeps its target stopped.
            await console.SendAsync("disconnect");
        }
        else
        {
            if (fate == TargetFate.LeaveStopped)
                await console.SendAsync("thread apply all -q -s queue-signal 0");
            foreach (var tracee in tracees)
                tracee.Stop();
            await console.SendAsync("detach");
        }
        await console.SendLastAsync("quit");
        // Nobody stays for a stopped process that such a gdb started: the kernel ends it (see the script's keeper).
        return tracees.Any(tracee => tracee.ParentId == console.ProcessId) ? null : fate;
    }
}
