using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Lldb;

/// <summary>
/// lldb over pipes, with a script inside it that stands between the agent and lldb's input. The prompt itself is the marker: lldb prints
/// it only when it waits for a command, and the target can't know it. The target never reads what is written to lldb.
/// </summary>
internal sealed partial class LldbDialect : MarkedDialect
{
    private const string Import = "command script import";

    private readonly string secret = "okd-" + RandomNumberGenerator.GetHexString(32, lowercase: true) + "-";
    private readonly byte[] stem;
    private readonly string scriptFile;
    private readonly string python;

    /// <param name="folder">Private to this user; for the script.</param>
    /// <param name="python">Where lldb's Python module is: lldb may not find it by itself.</param>
    public LldbDialect(string folder, string python)
    {
        this.python = python;
        stem = Encoding.ASCII.GetBytes(secret);
        scriptFile = Path.Combine(folder, "orleanskd.py");
        var call = $"orleanskd(debugger, \"{secret}\", {Quoted(python)})";
        PrivateFolder.ReplaceFile(scriptFile, Encoding.UTF8.GetBytes($"{Script.Value}\n\ndef __lldb_init_module(debugger, _):\n    {call}\n"));
    }

    /// <summary>Runs after the user's own <c>.lldbinit</c> and before everything in their arguments.</summary>
    public override IReadOnlyList<string> OwnArguments => ["--no-use-colors", "--one-line-before-file", OwnCommand];

    public override IReadOnlyDictionary<string, string> OwnEnvironment => new Dictionary<string, string>
    {
        ["PYTHONPATH"] = Environment.GetEnvironmentVariable("PYTHONPATH") is { Length: > 0 } users ? $"{python}{Path.PathSeparator}{users}" : python,
    };

    /// <summary>lldb shows it behind its prompt, as it does with all commands of its arguments.</summary>
    public override string OwnCommand => $"{Import} {Quoted(scriptFile)}";

    public override ReadOnlySpan<byte> MarkerStem => stem;

    public override string Prompt => "(lldb) ";

    public override bool IsContinuationPrompt(ReadOnlySpan<byte> line) =>
        line.Length > 0 && ContinuationPrompt().IsMatch(Encoding.UTF8.GetString(line));

    public override void Started() => Dispose();

    /// <summary>The script does it, wherever lldb is: at its prompt, in the midst of a command, or with its target running.</summary>
    public override Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate)
    {
        var word = fate switch { TargetFate.LetRun => "run", TargetFate.LeaveStopped => "stop", _ => "asis" };
        return console.SendLastAsync($"{secret}{word} {console.WasRunning}");
    }

    public override void Dispose()
    {
        var folder = Path.GetDirectoryName(scriptFile)!;
        if (!Directory.Exists(folder))
            return;
        File.Delete(scriptFile);
        if (Path.Combine(folder, "__pycache__") is var compiled && Directory.Exists(compiled))
            Directory.Delete(compiled, recursive: true);
    }

    /// <summary>As lldb and Python read it alike.</summary>
    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static readonly Lazy<string> Script = new(() =>
    {
        using var script = new StreamReader(typeof(LldbDialect).Assembly.GetManifestResourceStream("orleanskd.lldb.py")!);
        return script.ReadToEnd();
    });

    /// <summary>Lines of an expression by their numbers, those of a breakpoint's commands, those of Python, and questions.</summary>
    [GeneratedRegex(@"^( *[0-9]+ |>{1,3} ?|\.\.\. |.*\[(Y/n|y/N)\] )$", RegexOptions.CultureInvariant)]
    private static partial Regex ContinuationPrompt();
}
