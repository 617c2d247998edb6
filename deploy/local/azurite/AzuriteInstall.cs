using OrleansKd.Local.Processes;

namespace OrleansKd.Local.Azurite;

/// <summary>Azurite as <see cref="NpmInstall"/> installs it.</summary>
public sealed class AzuriteInstall
{
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
        var npm = new NpmInstall(folder, "azurite", "Azurite, the local storage emulator,", "deploy/local/azurite", message => new AzuriteException(message));
        return new AzuriteInstall(folder, await npm.EnsureAsync(cancellationToken));
    }
}
