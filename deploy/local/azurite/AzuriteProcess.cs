using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Local.Azurite;

/// <summary>
/// A running table service of Azurite, which ends with this object, and on Linux also when this process dies in any way.
/// </summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    /// <summary>node starts within 1 to 2 seconds; a busy machine takes many times that.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Writing a big database to disk at the end takes seconds; after that it is ended by force.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    /// <summary>A free port may be taken by somebody else before Azurite listens on it.</summary>
    private const int FreePortAttempts = 5;

    // The development account, the same in every Azurite and documented by Microsoft: no secret.
    private const string Account = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly Process process;
    private readonly RecentText output;
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(Process process, RecentText output, int port) => (this.process, this.output, Port) = (process, output, port);

    public int Port { get; }

    public int ProcessId => process.Id;

    public Uri TableEndpoint => new($"http://127.0.0.1:{Port}/{Account}");

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};TableEndpoint={TableEndpoint};";

    /// <summary>Completes with the exit code when the process has ended, for whatever reason.</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>The end of what Azurite wrote to its console.</summary>
    public string Output => output.ToString();

    /// <summary>Installs Azurite if need be, starts it and waits until it listens.</summary>
    /// <exception cref="AzuriteException">It can't be installed or started; the message says what to do.</exception>
    public static async Task<AzuriteProcess> Start(AzuriteOptions options, CancellationToken cancellationToken = default)
    {
        if (options is { InMemory: false, DataFolder: null })
        {
            throw new ArgumentException($"Set {nameof(AzuriteOptions.DataFolder)}, or {nameof(AzuriteOptions.InMemory)} to keep nothing.", nameof(options));
        }

        var install = await AzuriteInstall.Ensure(options.InstallFolder, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port == 0 ? FreePort() : options.Port;
            var azurite = Launch(install, options, port);
            try
            {
                await azurite.WaitUntilListening(cancellationToken);
                return azurite;
            }
            catch (AzuriteException) when (options.Port == 0 && attempt < FreePortAttempts && azurite.PortWasTaken)
            {
                await azurite.DisposeAsync();
            }
            catch
            {
                await azurite.DisposeAsync();
                throw;
            }
        }
    }

    private bool PortWasTaken => Output.Contains("EADDRINUSE", StringComparison.Ordinal);

    /// <summary>Asks it to end, which writes its database, and ends it by force after <see cref="StopLimit"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!exited.Task.IsCompleted)
        {
            EndSignal.Send(process);
            try
            {
                await exited.Task.WaitAsync(StopLimit);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                await exited.Task;
            }
        }

        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static AzuriteProcess Launch(AzuriteInstall install, AzuriteOptions options, int port)
    {
        List<string> command =
        [
            install.Node, install.TableScript, "--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--silent", "--disableTelemetry",
            // Longer than a client keeps an idle connection: one closed under a request that was just sent looks like a lost answer.
            "--tableKeepAliveTimeout", "300",
            .. options.InMemory ? ["--inMemoryPersistence"] : new[] { "--location", Path.GetFullPath(options.DataFolder!) },
        ];
        if (OperatingSystem.IsLinux() && ProgramOnPath.Find("setpriv") is { } setpriv)
        {
            command.InsertRange(0, [setpriv, "--pdeathsig", "INT", "--"]);
        }

        if (options.DataFolder is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
            {
                WorkingDirectory = options.DataFolder ?? Path.GetTempPath(),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var azurite = new AzuriteProcess(process, new RecentText(), port);
        azurite.RunOnOwnThread();
        return azurite;
    }

    // The system sends the parent's-death signal when the thread that started the child ends, not the process: so that thread
    // lives exactly as long as the child.
    private void RunOnOwnThread()
    {
        using var started = new ManualResetEventSlim();
        Exception? failure = null;
        process.OutputDataReceived += (_, e) => OnLine(e.Data);
        process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        new Thread(() =>
        {
            try
            {
                process.Start();
                process.StandardInput.Close();
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                failure = e;
            }

            started.Set();
            if (failure is null)
            {
                process.WaitForExit();
                exited.TrySetResult(process.ExitCode);
            }
        })
        { IsBackground = true, Name = "Azurite" }.Start();
        started.Wait();
        if (failure is not null)
        {
            throw new AzuriteException($"'{process.StartInfo.FileName}' could not be started: {failure.Message}", failure);
        }
    }

    private void OnLine(string? line)
    {
        output.AddLine(line);
        if (line is not null && line.Contains("successfully started", StringComparison.Ordinal))
        {
            listening.TrySetResult();
        }
    }

    private async Task WaitUntilListening(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(listening.Task, exited.Task).WaitAsync(StartLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new AzuriteException($"Azurite did not listen on port {Port} within {StartLimit}. It wrote:\n{Output}");
        }

        if (!exited.Task.IsCompleted)
        {
            return;
        }

        throw new AzuriteException(PortWasTaken
            ? $"Port {Port} is used by another program. Stop that program (another local start?) or choose another port."
            : $"Azurite ended with code {await exited.Task} before it listened. It wrote:\n{Output}");
    }
}
