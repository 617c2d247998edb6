using System.Text.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>
/// Profiles on this user's disk: <c>FOLDER/profiles/NAME.json</c>. Files are 0600 in a folder that is 0700; one that others
/// own or can read is refused, because its tokens may be known to others or may be somebody else's. Tokens are encrypted where
/// there is a <see cref="Keychain"/>.
/// </summary>
public sealed class ProfileStore
{
    /// <summary>The profile that is used when none is named.</summary>
    public const string DefaultName = "default";

    internal const string FolderName = "profiles";

    /// <summary>Characters of a profile's name: it is a file name.</summary>
    public const int NameLength = 64;

    /// <summary>Bytes of a profile: tokens are a few kilobytes; something larger is no profile.</summary>
    public const int FileBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(WireJson.Options) { WriteIndented = true };
    private readonly string folder;
    private readonly Keychain? keychain;

    /// <param name="home">The folder that holds <c>profiles/</c>.</param>
    public ProfileStore(string home)
        : this(home, null)
    {
    }

    private ProfileStore(string home, Keychain? keychain) => (folder, this.keychain) = (Path.Combine(Path.GetFullPath(home), FolderName), keychain);

    /// <summary>The user's own: <c>ORLEANSKD_HOME</c>, else <c>XDG_CONFIG_HOME/orleanskd</c>, else <c>~/.config/orleanskd</c> (Windows: <c>%APPDATA%\orleanskd</c>).</summary>
    public static ProfileStore ForUser() =>
        new(HomeFolder(Environment.GetEnvironmentVariable), Keychain.ForUser(HomeFolder(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable));

    /// <summary>The folder of <see cref="ForUser"/>, for an environment.</summary>
    public static string HomeFolder(Func<string, string?> environment)
    {
        if (environment("ORLEANSKD_HOME") is { Length: > 0 } own)
            return own;
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "orleanskd");
        if (environment("XDG_CONFIG_HOME") is { Length: > 0 } configuration && Path.IsPathRooted(configuration))
            return Path.Combine(configuration, "orleanskd");
        return Path.Combine(UserFolder(environment), ".config", "orleanskd");
    }

    /// <summary>The user's home folder, for an environment.</summary>
    internal static string UserFolder(Func<string, string?> environment) =>
        environment("HOME") is { Length: > 0 } set ? set : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The file of a profile.</summary>
    /// <exception cref="ProblemException">The name can't be a profile's.</exception>
    public string PathOf(string name)
    {
        if (name.Length is 0 or > NameLength || name[0] == '.' || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            throw new ProblemException(ProblemCodes.InvalidRequest, $"'{VisibleText.From(name)}' is not a profile name: 1 to {NameLength} letters, digits, '-', '_' and '.', not beginning with '.'.");
        return Path.Combine(folder, name + ".json");
    }

    /// <summary>The profiles that there are, by name.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateFiles(folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Reads a profile; null when there is none.</summary>
    /// <exception cref="ProblemException">Others own it or can read it, or it is not a profile; the message says what to do.</exception>
    public Profile? Load(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
            return null;
        PrivateFiles.CheckFolder(folder);
        PrivateFiles.CheckFile(path);
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > FileBytes)
                throw new JsonException($"it has {stream.Length} bytes");
            var profile = JsonSerializer.Deserialize<Profile>(stream, Json) ?? throw new JsonException("it is JSON null");
            return profile.Servers.Values.Any(signIn => signIn.Sealed is not null) ? profile.Each((server, signIn) => SealedTokens.Open(server, signIn, keychain?.Find())) : profile;
        }
        catch (JsonException problem)
        {
            throw new ProblemException(ProblemCodes.NotSignedIn, $"not signed in: '{path}' is not a profile ({problem.Message}). Remove it and sign in again.", problem);
        }
    }

    /// <summary>Writes a profile as a whole: a reader sees the old one or the new one.</summary>
    /// <returns>True when its tokens are encrypted; false when only the file's mode keeps others from them.</returns>
    public bool Save(string name, Profile profile)
    {
        var key = keychain?.FindOrMake();
        if (key is not null)
            profile = profile.Each((server, signIn) => SealedTokens.Seal(server, signIn, key));
        var path = PathOf(name);
        PrivateFiles.MakeFolder(folder);
        var draft = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (var stream = PrivateFiles.Create(draft))
            {
                JsonSerializer.Serialize(stream, profile, Json);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
            return key is not null;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>
    /// This computer, as its user's windows name it to servers: a random id in <c>FOLDER/profiles/computer-id</c>, made once, with the
    /// computer's name, because a home folder may be shared by several.
    /// </summary>
    public ViewerPlace Place()
    {
        PrivateFiles.MakeFolder(folder);
        var path = Path.Combine(folder, "computer-id");
        try
        {
            using var stream = PrivateFiles.Create(path);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        }
        catch (IOException) when (File.Exists(path))
        {
            // Made before, or by another window at this moment.
        }
        PrivateFiles.CheckFile(path);
        var id = File.ReadAllText(path).Trim() + "-" + Environment.MachineName;
        return new(id.Length > Limits.PlaceIdLength ? id[..Limits.PlaceIdLength] : id, Environment.MachineName);
    }

    /// <summary>
    /// Waits for the only right to change a profile, among all processes of this user. Dispose gives it back; so does the
    /// end of the process.
    /// </summary>
    internal async Task<IDisposable> LockAsync(string name, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.ChangeExtension(PathOf(name), ".lock");
        PrivateFiles.MakeFolder(folder);
        while (true)
        {
            try
            {
                return PrivateFiles.OpenLock(path);
            }
            catch (IOException)
            {
                await Task.Delay(LockRetry, time, cancellationToken);
            }
        }
    }

    /// <summary>A refresh takes tens of milliseconds; a process that waits for another's looks this often.</summary>
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(50);
}
