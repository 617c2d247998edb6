using System.Security.Cryptography;
using System.Text;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Agent.Control;

/// <summary>
/// Where the agent of one sign-in (a profile at a server) is found on this computer: what it holds, is asked over, and writes. Every
/// program of the user computes the same place, so that a second agent for it is noticed and the first one is asked instead.
/// </summary>
public sealed class AgentPlace
{
    /// <summary>Bytes of a local socket's path (macOS 104, Linux 108), less the closing zero.</summary>
    private const int SocketPathBytes = 103;

    private readonly string control;

    /// <param name="stateFolder">Of this user; see <see cref="StateFolder"/>.</param>
    /// <param name="logFolder">Of this user; see <see cref="LogFolder"/>.</param>
    public AgentPlace(string stateFolder, string logFolder, string profile, Uri server)
    {
        (Folder, Logs) = (Path.GetFullPath(stateFolder), Path.GetFullPath(logFolder));
        (Profile, Server) = (profile, server);
        var path = server.AbsolutePath.Trim('/');
        Name = $"agent-{profile}@{server.Host.Replace(':', '.')}_{server.Port}" + (path.Length == 0 ? "" : "_" + Hash(path)[..8]);
        control = Hash(Path.Combine(Folder, Name));
    }

    /// <summary>The user's own, for this environment.</summary>
    public static AgentPlace ForUser(string profile, Uri server) =>
        new(StateFolder(Environment.GetEnvironmentVariable), LogFolder(Environment.GetEnvironmentVariable), profile, server);

    public string Profile { get; }

    public Uri Server { get; }

    /// <summary>Private to this user (0700); so is everything in it.</summary>
    public string Folder { get; }

    public string Logs { get; }

    /// <summary>Stem of the files' names.</summary>
    public string Name { get; }

    /// <summary>Held exclusively as long as the agent lives; the system lets go of it however the agent ends.</summary>
    public string LockFile => Path.Combine(Folder, Name + ".lock");

    /// <summary>What a detached agent printed: nothing, unless it failed before it could log.</summary>
    public string StartOutput => Path.Combine(Folder, Name + ".start");

    public string LogFile => Path.Combine(Logs, Name + ".log");

    /// <summary>For spools, unless the agent is told another folder.</summary>
    public string DefaultData => Path.Combine(Folder, Name);

    /// <summary>Name of the control channel: on Windows a pipe's, elsewhere a local socket's path, short because the system limits it.</summary>
    /// <exception cref="IOException">The state folder's path is too long for a socket.</exception>
    public string ControlName
    {
        get
        {
            if (OperatingSystem.IsWindows())
                return "orleanskd-" + control[..32];
            var path = Path.Combine(Folder, "c-" + control[..16]);
            return Encoding.UTF8.GetByteCount(path) <= SocketPathBytes
                ? path
                : throw new IOException($"The folder '{Folder}' has too long a path for a local socket. Set ORLEANSKD_HOME to a folder with a shorter one.");
        }
    }

    /// <summary>
    /// For an environment: <c>ORLEANSKD_HOME/state</c>, else <c>XDG_STATE_HOME/orleanskd</c>, else <c>~/.local/state/orleanskd</c> (Windows:
    /// <c>%LOCALAPPDATA%\OrleansKd</c>).
    /// </summary>
    public static string StateFolder(Func<string, string?> environment)
    {
        if (environment("ORLEANSKD_HOME") is { Length: > 0 } own)
            return Path.Combine(own, "state");
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "OrleansKd");
        return environment("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state)
            ? Path.Combine(state, "orleanskd")
            : Path.Combine(ProfileStore.UserFolder(environment), ".local", "state", "orleanskd");
    }

    /// <summary>The state folder; on macOS <c>~/Library/Logs/OrleansKd</c>, unless <c>ORLEANSKD_HOME</c> is set.</summary>
    public static string LogFolder(Func<string, string?> environment) =>
        OperatingSystem.IsMacOS() && string.IsNullOrEmpty(environment("ORLEANSKD_HOME"))
            ? Path.Combine(ProfileStore.UserFolder(environment), "Library", "Logs", "OrleansKd")
            : StateFolder(environment);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
