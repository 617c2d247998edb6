using System.Globalization;
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

    public override ReadOnlySpan<byte> MarkerStem => stem;

    public override string Prompt => "(gdb) ";

    /// <summary><c>&gt;</c>, indented by one blank for each open <c>if</c> or <c>while</c>.</summary>
    public override bool IsContinuationPrompt(ReadOnlySpan<byte> line) => line.TrimStart((byte)' ').SequenceEqual(">"u8);

    public override bool Resumes(string command) => GdbCommands.Resumes(command);

    public override void Started() => Dispose();

    public override async Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate)
    {
        fate ??= console.WasRunning ? TargetFate.LetRun : TargetFate.LeaveStopped;
        await console.ToPromptAsync();
        IReadOnlyList<Tracee> tracees = Tracee.Of(console.ProcessId);
        IEnumerable<Tracee> own = [];
        if (fate == TargetFate.LeaveStopped && tracees.Count == 0)
        {
            // Never for a local target: it would die. A remote stub keeps its target stopped.
            await console.SendAsync("disconnect");
        }
        else if (fate == TargetFate.LeaveStopped)
        {
            // Detaching would deliver the signal that stopped it (SIGSEGV, say), which would end it. It recurs when somebody lets it go on.
            await console.SendAsync("thread apply all -q -s queue-signal 0");
            // Pending while gdb holds it, so that it stops again before its next instruction.
            foreach (var tracee in tracees)
                tracee.Stop();
            await console.SendAsync(DetachAll(console));
            own = tracees.Where(tracee => tracee.ParentId == console.ProcessId);
        }
        else
        {
            await console.SendAsync(DetachAll(console));
        }
        await console.SendLastAsync(own.Any() && console.ReportsTarget ? BecomeKeeper(own) : "quit");
        return fate;
    }

    public override void Dispose()
    {
        if (!Directory.Exists(Path.GetDirectoryName(settingsFile)))
            return;
        File.Delete(settingsFile);
        File.Delete(reportsFile);
    }

    private static string Settings(string secret) => $"""
        set pagination off
        set confirm off
        set width 0
        set height 0
        set style enabled off
        set prompt {secret}{(char)MarkerKind.Prompt}

        """;

    /// <summary>
    /// Marks when the target resumes and stops, and takes the prompt back when somebody set another. Written to descriptor 1,
    /// past gdb's own redirections. A gdb without Python prints one error and goes on.
    /// </summary>
    private static string Reports(string secret) => $"""
        python
        def _orleanskd():
            import gdb, os
            def mark(kind):
                os.write(1, b"{secret}" + kind)
            def keep_prompt(*_):
                if gdb.parameter("prompt") != "{secret}{(char)MarkerKind.Prompt}":
                    gdb.execute("set prompt {secret}{(char)MarkerKind.Prompt}")
            gdb.events.cont.connect(lambda _: mark(b"{(char)MarkerKind.Resumed}"))
            gdb.events.stop.connect(lambda _: mark(b"{(char)MarkerKind.Stopped}"))
            gdb.events.exited.connect(lambda _: mark(b"{(char)MarkerKind.Stopped}"))
            gdb.events.before_prompt.connect(keep_prompt)
            mark(b"{(char)MarkerKind.Reporting}")
        _orleanskd()
        del _orleanskd
        end

        """;

    private static string DetachAll(IDebuggerConsole console) => console.ReportsTarget
        ? "python exec(\"import gdb\\nfor i in gdb.inferiors():\\n  if i.pid: gdb.execute('detach inferiors %d' % i.num)\")"
        : "detach";

    /// <summary>
    /// When the parent of a stopped process ends, the kernel ends the process too (SIGHUP to an orphaned stopped group). So
    /// gdb's process becomes a small shell that waits for as long as what it started lives.
    /// </summary>
    private string BecomeKeeper(IEnumerable<Tracee> own)
    {
        var alive = string.Join(" || ", own.Select(tracee => string.Create(CultureInfo.InvariantCulture, $"kill -0 {tracee.ProcessId}")));
        var left = Encoding.ASCII.GetString(stem) + (char)MarkerKind.Left;
        return $"python import os; os.execvp(\"sh\", [\"sh\", \"-c\", \"trap '' TERM HUP INT; printf {left}; exec </dev/null >/dev/null 2>&1; while {alive}; do sleep 5; done\"])";
    }
}
