namespace OrleansKd.Local.Azurite;

/// <summary>How Azurite's table service runs.</summary>
public sealed record AzuriteOptions
{
    /// <summary>0: a free port is chosen.</summary>
    public int Port { get; init; }

    /// <summary>Where the tables are kept. Null only with <see cref="InMemory"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>
    /// Keeps nothing on disk. For tests and load: on disk, Azurite rewrites its whole database every 5 seconds and dies when that
    /// reaches about 512 MB.
    /// </summary>
    public bool InMemory { get; init; }

    /// <summary>Where npm installs it; null: <see cref="AzuriteInstall.StandardFolder"/>.</summary>
    public string? InstallFolder { get; init; }
}
