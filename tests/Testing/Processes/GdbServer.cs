using System.Diagnostics;
using System.Globalization;

namespace OrleansKd.Testing.Processes;

/// <summary>A real gdbserver with a program of its own, on a port of its own: what survives a gdb that leaves. Both end with the test.</summary>
public sealed class GdbServer : IDisposable
{
    private const string Created = "created; pid = ";
    private const string Listening = "Listening on port ";
    private readonly Process process;

    private GdbServer(Process process, int targetId, int port) => (this.process, TargetId, Port) = (process, targetId, port);

    public int Port { get; }

    public int ProcessId => process.Id;

    /// <summary>Process id of the program.</summary>
    public int TargetId { get; }

    /// <summary>Arguments of a gdb that works through it.</summary>
    public string Arguments => $"-nx -q -ex 'target remote 127.0.0.1:{Port}'";

    public bool IsAlive => !process.HasExited;

    /// <summary>The kernel's letter for the program: R, S, t (held by the server), ? when it is gone.</summary>
    public char TargetState
    {
        get
        {
            try
            {
                var status = File.ReadAllText($"/proc/{TargetId}/stat");
                return status[status.LastIndexOf(')') + 2];
            }
            catch (IOException)
            {
                return '?';
            }
        }
    }

    public static async Task<GdbServer> StartAsync(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("gdbserver", ["127.0.0.1:0", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.BeginOutputReadLine();
        int? target = null, port = null;
        while (target is null || port is null)
        {
            var line = await process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("gdbserver ended before it listened.");
            if (line.IndexOf(Created, StringComparison.Ordinal) is var at and >= 0)
                target = Number(line[(at + Created.Length)..]);
            if (line.StartsWith(Listening, StringComparison.Ordinal))
                port = Number(line[Listening.Length..]);
        }
        _ = process.StandardError.ReadToEndAsync();
        return new GdbServer(process, target.Value, port.Value);
    }

    public void Dispose()
    {
        if (TargetState is not '?')
            ProgramRun.Signal(TargetId, 9);
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private static int Number(string text) => int.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
