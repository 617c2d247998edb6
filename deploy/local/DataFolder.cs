using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansKd.Local;

/// <summary>
/// The folder that stays between runs (0700): tables, keys, the agent's spool, logs, mail, settings. One run at a time holds it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string root;
    private readonly FileStream held;

    private DataFolder(string root, FileStream held) => (this.root, this.held) = (root, held);

    public string Azurite => Path.Combine(root, "azurite");

    /// <summary>The built-in sign-in's keys, people and tokens.</summary>
    public string SignIn => Path.Combine(root, "sign-in");

    public string Agent => Path.Combine(root, "agent");

    /// <summary>Where mail goes that a mail server would get elsewhere.</summary>
    public string Mail => Path.Combine(root, "mail");

    public string Settings => Path.Combine(root, "settings.json");

    /// <summary>
    /// The sign-in's port. It is part of the issuer's name, to which accounts are bound, so it must be the same in every run.
    /// </summary>
    public int SignInPort { get; private init; }

    /// <summary>
    /// Where the folder's content is that an earlier version made: its accounts are bound to a sign-in that proved nobody's identity, and rule A1
    /// would lock everybody out. Null: there was none.
    /// </summary>
    public string? MovedTo { get; private init; }

    public static DataFolder Open(string root)
    {
        try
        {
            var before = MoveAsideIfEarlier(root);
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(root);
            else
                Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var held = new FileStream(Path.Combine(root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Directory.CreateDirectory(Path.Combine(root, "logs"));
            return new DataFolder(root, held) { SignInPort = PortIn(Path.Combine(root, "ports.json")), MovedTo = before };
        }
        catch (IOException exception)
        {
            throw new LocalException($"The data folder {root} can't be used: {exception.Message} Stop the run that uses it, or choose another folder with --data.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new LocalException($"The data folder {root} can't be written: {exception.Message} Choose another folder with --data.", exception);
        }
    }

    public string Log(string name) => Path.Combine(root, "logs", name + ".log");

    /// <summary>Settings that silos read again when they change.</summary>
    /// <param name="refuseNewSessions">Why no new session is made, null when they are.</param>
    public void WriteSettings(string? refuseNewSessions)
    {
        var settings = new JsonObject
        {
            ["OrleansKd"] = new JsonObject
            {
                ["Organizations"] = SampleUsers.Organizations(),
                ["Sessions"] = new JsonObject { ["RefuseNewSessions"] = refuseNewSessions },
            },
        };
        var written = Settings + ".new";
        File.WriteAllText(written, settings.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.Move(written, Settings, overwrite: true);
    }

    public void Dispose() => held.Dispose();

    private static string? MoveAsideIfEarlier(string root)
    {
        var ports = Path.Combine(root, "ports.json");
        if (!File.Exists(ports) || JsonNode.Parse(File.ReadAllText(ports))?["authority"] is null)
            return null;
        // Whoever still uses it holds it.
        new FileStream(Path.Combine(root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose();
        var aside = Enumerable.Range(1, int.MaxValue).Select(i => $"{Path.TrimEndingDirectorySeparator(root)}.before-sign-in{(i == 1 ? "" : $"-{i}")}").First(folder => !Directory.Exists(folder));
        Directory.Move(root, aside);
        return aside;
    }

    private static int PortIn(string file)
    {
        if (!File.Exists(file))
        {
            // Free a moment ago; a program that this one starts at the same time may still hold what was looked at, for as long as its start takes.
            var chosen = Requirements.FreePort();
            File.WriteAllText(file, new JsonObject { ["signIn"] = chosen }.ToJsonString());
            return chosen;
        }
        var port = JsonNode.Parse(File.ReadAllText(file))?["signIn"]?.GetValue<int>() ?? 0;
        if (port is < 1 or > 65535)
            throw new LocalException($"{file} names no port for the sign-in. Delete the data folder's contents to begin anew.");
        if (Requirements.IsTaken(port))
            throw new LocalException($"Port {port}, to which the accounts in this data folder are bound, is used by another program. Stop it, or choose another folder with --data.");
        return port;
    }
}
