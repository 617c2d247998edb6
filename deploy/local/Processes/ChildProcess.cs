using System.Diagnostics;

namespace OrleansKd.Local.Processes;

/// <summary>One of our programs as a process of its own; what it prints goes to a log file.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>A silo drains in under 5 seconds, an agent leaves its debuggers in about as long.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly BoundProcess process;
    private readonly StreamWriter file;
    private readonly string log;

    private ChildProcess(BoundProcess process, StreamWriter file, string log) => (this.process, this.file, this.log) = (process, file, log);

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited => process.Exited;

    /// <param name="program">Name of the program's assembly, built beside this one.</param>
    /// <param name="environment">Beside this process's own.</param>
    /// <param name="log">File that is written anew.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [BuiltProgram.PathOf(program), .. arguments]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var file = new StreamWriter(new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        var process = BoundProcess.Start(start, "TERM", ownSession: true, line => Write(file, line),
            problem => new LocalException($"{program} could not be started: {problem.Message}", problem));
        return new ChildProcess(process, file, log);
    }

    /// <summary>The end of its log, for messages.</summary>
    public string LastLines(int count = 15)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(count));
    }

    public async ValueTask DisposeAsync()
    {
        await process.EndAsync(BoundProcess.Terminate, StopLimit);
        process.Dispose();
        lock (file)
            file.Dispose();
    }

    private static void Write(StreamWriter file, string line)
    {
        lock (file)
        {
            if (file.BaseStream.CanWrite)
                file.WriteLine(line);
        }
    }
}
