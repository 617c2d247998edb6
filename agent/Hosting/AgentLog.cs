using System.Text;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Spool;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;
using Serilog.Sinks.File;

namespace OrleansKd.Agent.Hosting;

/// <summary>The agent's log files: readable by this user only, and bounded.</summary>
internal sealed class AgentLog : IDisposable
{
    /// <summary>Of one file: some weeks of an agent that works, and an editor still opens it.</summary>
    private const long FileBytes = 4 * 1024 * 1024;

    /// <summary>Files that are kept: an agent that fails in a loop does not fill the disk.</summary>
    private const int Files = 5;

    private readonly PrivateLogFiles files = new();
    private readonly Logger logger;

    /// <exception cref="IOException">The folder is somebody else's, or can't be written.</exception>
    public AgentLog(AgentPlace place)
    {
        PrivateFolder.Make(place.Logs);
        logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(new VisibleLogText(), place.LogFile, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: Files, hooks: files)
            .CreateLogger();
        Provider = new SerilogLoggerProvider(logger);
    }

    public ILoggerProvider Provider { get; }

    /// <summary>The file that is written now.</summary>
    public string? Current => files.Current;

    public void Dispose()
    {
        Provider.Dispose();
        logger.Dispose();
    }

    private sealed class PrivateLogFiles : FileLifecycleHooks
    {
        private volatile string? current;

        public string? Current => current;

        public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
        {
            current = Path.GetFullPath(path);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return underlyingStream;
        }
    }
}
