using System.Diagnostics;
using System.Text.Json;
using OrleansKd.Local.Processes;

namespace OrleansKd.Local.Azurite;

/// <summary>
/// Azurite as npm installs it from the committed lock file. Installing is done once for a folder, by one process at a time; an
/// install that is incomplete or of another version is replaced.
/// </summary>
public sealed class AzuriteInstall
{
    /// <summary>A cold npm cache on a slow line; longer than that means that the registry can't be reached.</summary>
    public static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    private AzuriteInstall(string folder, string node) => (Folder, Node) = (folder, node);

    /// <summary>The folder that holds <c>package.json</c> and <c>node_modules</c>.</summary>
    public string Folder { get; }

    /// <summary>The node program.</summary>
    public string Node { get; }

    /// <summary>The script of the table service.</summary>
    public string TableScript => Path.Combine(Folder, "node_modules", "azurite", "dist", "src", "table", "main.js");

    /// <summary>
    /// <c>deploy/local/azurite</c> of the repository that this program was built in, else <c>azurite</c> beside the program.
    /// </summary>
    public static string StandardFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "deploy", "local", "azurite");
            if (File.Exists(Path.Combine(candidate, "package.json")))
            {
                return candidate;
            }
        }

        return Path.Combine(AppContext.BaseDirectory, "azurite");
    }

    /// <summary>Installs what <paramref name="folder"/>'s lock file names, unless it is there already.</summary>
    /// <param name="folder">Null: <see cref="StandardFolder"/>.</param>
    /// <exception cref="AzuriteException">node or npm is missing, or npm failed.</exception>
    public static async Task<AzuriteInstall> Ensure(string? folder = null, CancellationToken cancellationToken = default)
    {
        folder ??= StandardFolder();
        var wanted = WantedVersion(folder);
        var node = ProgramOnPath.Find("node") ?? throw Missing("node");
        var install = new AzuriteInstall(folder, node);
        if (InstalledVersion(folder) == wanted)
        {
            return install;
        }

        await using (await TakeLock(Path.Combine(folder, ".install.lock"), cancellationToken))
        {
            if (InstalledVersion(folder) != wanted)
            {
                await RunNpm(folder, cancellationToken);
            }
        }

        var installed = InstalledVersion(folder);
        return installed == wanted
            ? install
            : throw new AzuriteException($"npm installed Azurite {installed ?? "(none)"} in '{folder}', where {wanted} is wanted. Delete its 'node_modules' and check that package-lock.json belongs to package.json.");
    }

    private static AzuriteException Missing(string program) =>
        new($"'{program}' is not on the PATH. Azurite, the local storage emulator, needs Node.js 20 or later with npm: install it (https://nodejs.org) and start again.");

    private static string WantedVersion(string folder)
    {
        var path = Path.Combine(folder, "package.json");
        if (!File.Exists(path))
        {
            throw new AzuriteException($"There is no '{path}', which names Azurite's version. Give the folder deploy/local/azurite of the repository.");
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.GetProperty("dependencies").GetProperty("azurite").GetString()!;
    }

    // npm writes this file last: an install that was cut short has none.
    private static string? InstalledVersion(string folder)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "node_modules", ".package-lock.json")));
            return json.RootElement.GetProperty("packages").GetProperty("node_modules/azurite").GetProperty("version").GetString();
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static async Task<FileStream> TakeLock(string path, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(LockPoll);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process is installing; the system releases its lock also when it dies.
                await poll.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private static async Task RunNpm(string folder, CancellationToken cancellationToken)
    {
        var output = new RecentText();
        using var npm = new Process
        {
            StartInfo = new ProcessStartInfo(ProgramOnPath.Find("npm") ?? throw Missing("npm"), ["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        npm.OutputDataReceived += (_, e) => output.AddLine(e.Data);
        npm.ErrorDataReceived += (_, e) => output.AddLine(e.Data);
        npm.Start();
        npm.StandardInput.Close();
        npm.BeginOutputReadLine();
        npm.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(InstallLimit);
        try
        {
            await npm.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AzuriteException($"'npm ci' in '{folder}' did not end within {InstallLimit}. Check that npm reaches its registry. It wrote:\n{output}");
        }
        finally
        {
            if (!npm.HasExited)
            {
                npm.Kill(entireProcessTree: true);
            }
        }

        if (npm.ExitCode != 0)
        {
            throw new AzuriteException($"'npm ci' in '{folder}' ended with code {npm.ExitCode}. Check that npm reaches its registry, then start again. It wrote:\n{output}");
        }
    }
}
