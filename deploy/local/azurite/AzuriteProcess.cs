using System.Diagnostics;
using OrleansKd.Local.Processes;

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

    private readonly BoundProcess process;
    private readonly RecentText output = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(ProcessStartInfo start, int port)
    {
        Port = port;
        process = BoundProcess.Start(start, "INT", ownSession: false, OnLine,
            problem => new AzuriteException($"'{start.FileName}' could not be started: {problem.Message}", problem));
    }

    public int Port { get; }

    public int ProcessId => process.Id;

    public Uri TableEndpoint => new($"http://127.0.0.1:{Port}/{Account}");

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};TableEndpoint={TableEndpoint};";

    /// <summary>Completes with the exit code when the process has ended, for whatever reason.</summary>
    public Task<int> Exited => process.Exited;

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
            var port = options.Port == 0 ? Requirements.FreePort() : options.Port;
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
    /// <remarks>By an interrupt: SIGTERM would lose up to 5 seconds of acknowledged writes.</remarks>
    public async ValueTask DisposeAsync()
    {
        await process.EndAsync(BoundProcess.Interrupt, StopLimit);
        process.Dispose();
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
        if (options.DataFolder is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        return new AzuriteProcess(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = options.DataFolder ?? Path.GetTempPath() }, port);
    }

    private void OnLine(string line)
    {
        output.AddLine(line);
        if (line.Contains("successfully started", StringComparison.Ordinal))
        {
            listening.TrySetResult();
        }
    }

    private async Task WaitUntilListening(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(listening.Task, process.Exited).WaitAsync(StartLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new AzuriteException($"Azurite did not listen on port {Port} within {StartLimit}. It wrote:\n{Output}");
        }

        if (!process.Exited.IsCompleted)
        {
            return;
        }

        throw new AzuriteException(PortWasTaken
            ? $"Port {Port} is used by another program. Stop that program (another local start?) or choose another port."
            : $"Azurite ended with code {await process.Exited} before it listened. It wrote:\n{Output}");
    }
}
