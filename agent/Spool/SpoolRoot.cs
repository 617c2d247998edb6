using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>The folder of all runs of one agent, held exclusively: another agent must not take a live run for one left behind.</summary>
internal sealed class SpoolRoot : IDisposable
{
    private readonly string runs;
    private readonly FileStream held;

    /// <param name="data">The agent's data folder.</param>
    /// <exception cref="IOException">Another agent uses it, or somebody else owns it; the message says what to do.</exception>
    public SpoolRoot(string data)
    {
        data = Path.GetFullPath(data);
        PrivateFolder.Make(data);
        runs = Path.Combine(data, "runs");
        PrivateFolder.Make(runs);
        Sessions = Path.Combine(data, "sessions");
        PrivateFolder.Make(Sessions);
        try
        {
            held = new FileStream(Path.Combine(data, "agent.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem)
        {
            throw new IOException($"Another agent uses the folder '{data}'. End it, or give this one a folder of its own with --data.", problem);
        }
    }

    /// <summary>The default: <c>XDG_STATE_HOME/orleanskd/agent</c>, else <c>~/.local/state/orleanskd/agent</c> (Windows: <c>%LOCALAPPDATA%\orleanskd\agent</c>).</summary>
    public static string DefaultData()
    {
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "orleanskd", "agent");
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } set && Path.IsPathRooted(set)
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "orleanskd", "agent");
    }

    public string FolderOf(SessionId session, int run) => Path.Combine(runs, $"{session}-{run.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Folder for what is kept of sessions that may be opened again.</summary>
    public string Sessions { get; }

    /// <summary>Folders that hold runs.</summary>
    public IReadOnlyList<string> All() => Directory.GetDirectories(runs);

    public void Dispose() => held.Dispose();
}
