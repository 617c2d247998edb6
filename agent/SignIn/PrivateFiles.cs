using OrleansKd.Agent.Api;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>Files that only this user may read. On Windows the profile folder's own access list does that.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;
    private const UnixFileMode Others = ~(FolderMode700 | UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit);

    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        Directory.CreateDirectory(folder, FolderMode700);
        CheckFolder(folder);
    }

    public static void CheckFolder(string folder) => Check(folder, "700");

    public static void CheckFile(string path) => Check(path, "600");

    public static FileStream Create(string path) => Open(path, FileMode.CreateNew, FileShare.None);

    /// <summary>Makes the file unless it is there; several may do so at once.</summary>
    public static void Touch(string path) => Open(path, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();

    /// <exception cref="IOException">Another process has it.</exception>
    public static FileStream OpenLock(string path) => Open(path, FileMode.OpenOrCreate, FileShare.None);

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        return new FileStream(path, options);
    }

    private static void Check(string path, string wanted)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (!IsOwnedByThisUser(path))
            throw Refused($"'{path}' belongs to another user, so its sign-in is not yours. Remove it, or set ORLEANSKD_HOME to a folder of your own.");
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != 0)
            throw Refused($"'{path}' is open to other users (mode {Convert.ToString((int)mode, 8)}), so its sign-in may be known to them. Run: chmod {wanted} '{path}'");
    }

    private static ProblemException Refused(string message) => new(ProblemCodes.NotSignedIn, "not signed in: " + message);

    private static bool IsOwnedByThisUser(string path)
    {
        if (!OperatingSystem.IsLinux())
            return MayChangeMode(path);
        return FileOwner.Of(path) == LibC.geteuid();
    }

    /// <summary>Elsewhere: only the owner may set the mode, even to what it is.</summary>
    private static bool MayChangeMode(string path)
    {
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path));
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
