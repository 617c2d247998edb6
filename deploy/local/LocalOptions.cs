namespace OrleansKd.Local;

/// <summary>What the launcher was asked for.</summary>
/// <param name="DataFolder">Full path; made if it is not there, kept afterwards.</param>
/// <param name="Port">Of the edge, on loopback.</param>
internal sealed record LocalOptions(string DataFolder, int Port, int Silos, bool IsHeadless)
{
    public const int DefaultPort = 5080;

    /// <summary>More than a machine for one has use for; each takes about 200 MB.</summary>
    public const int MostSilos = 9;

    public Uri Server => new($"http://127.0.0.1:{Port}");

    public static string DefaultDataFolder() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "orleanskd", "local");
}

/// <summary>It can't be started here; the message says why and what to do.</summary>
internal sealed class LocalException(string message, Exception? innerException = null) : Exception(message, innerException);
