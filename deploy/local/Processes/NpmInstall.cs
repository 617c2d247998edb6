using System.Diagnostics;
using System.Text.Json;
using OrleansKd.Local.Azurite;

namespace OrleansKd.Local.Processes;

/// <summary>
/// A program as npm installs it from a committed lock file. Installing is done once for a folder, by one process at a time; an install that
/// is incomplete or of another version is replaced.
/// </summary>
/// <param name="folder">Holds <c>package.json</c>, <c>package-lock.json</c> and then <c>node_modules</c>.</param>
/// <param name="package">The dependency that the folder is about.</param>
/// <param name="title">What people call it: <c>Azurite, the local storage emulator,</c>.</param>
/// <param name="home">The repository's folder with the lock file.</param>
/// <param name="failure">Makes the exception that says what to do.</param>
internal sealed class NpmInstall(string folder, string package, string title, string home, Func<string, Exception> failure)
{
    /// <summary>A cold npm cache on a slow line; longer than that means that the registry can't be reached.</summary>
    public static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Installs what the lock file names, unless it is there already.</summary>
    /// <returns>The node program.</returns>
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        var wanted = WantedVersion();
        var node = ProgramOnPath.Find("node") ?? throw Missing("node");
        if (InstalledVersion() == wanted)
            return node;
        await using (await TakeLock(Path.Combine(folder, ".install.lock"), cancellationToken))
        {
            if (InstalledVersion() != wanted)
                await RunNpm(cancellationToken);
        }
        var installed = InstalledVersion();
        return installed == wanted
            ? node
            : throw failure($"npm installed {package} {installed ?? "(none)"} in '{folder}', where {wanted} is wanted. Delete its 'node_modules' and check that package-lock.json belongs to package.json.");
    }

    private Exception Missing(string program) =>
        failure($"'{program}' is not on the PATH. {title} needs Node.js 20 or later with npm: install it (https://nodejs.org) and start again.");

    private string WantedVersion()
    {
        var path = Path.Combine(folder, "package.json");
        if (!File.Exists(path))
            throw failure($"There is no '{path}', which names the version of {package}. Run from a checkout, or copy the folder that the repository has it in ({home}).");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.GetProperty("dependencies").GetProperty(package).GetString()!;
    }

    // npm writes this file last: an install that was cut short has none.
    private string? InstalledVersion()
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "node_modules", ".package-lock.json")));
            return json.RootElement.GetProperty("packages").GetProperty($"node_modules/{package}").GetProperty("version").GetString();
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

    private async Task RunNpm(CancellationToken cancellationToken)
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
            throw failure($"'npm ci' in '{folder}' did not end within {InstallLimit}. Check that npm reaches its registry. It wrote:\n{output}");
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
            throw failure($"'npm ci' in '{folder}' ended with code {npm.ExitCode}. Check that npm reaches its registry, then start again. It wrote:\n{output}");
        }
    }
}
