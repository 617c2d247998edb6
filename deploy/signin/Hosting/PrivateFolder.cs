namespace OrleansKd.SignIn.Hosting;

/// <summary>Files that only this program's user may read: whoever reads them can sign in as anybody. On Windows the folder's own access list does that.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <exception cref="StartException">It can't be made, or others can read it.</exception>
    public static string Make(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                return Directory.CreateDirectory(folder).FullName;
            var made = Directory.CreateDirectory(folder, FolderMode700).FullName;
            var mode = File.GetUnixFileMode(made);
            return (mode & ~FolderMode700) == 0
                ? made
                : throw new StartException($"'{made}' is open to other users of this machine (mode {Convert.ToString((int)mode, 8)}), who could sign in as anybody. Run: chmod 700 '{made}'");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder '{folder}' can't be used: {exception.Message} Name another one with --data.", exception);
        }
    }

    /// <summary>Keeps others away from a folder for as long as it is not disposed; the end of the process lets go of it, too.</summary>
    /// <exception cref="StartException">Another sign-in uses it.</exception>
    public static IDisposable Hold(string folder)
    {
        try
        {
            return Open(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new StartException($"The folder '{folder}' is used by another sign-in: two would not know of each other's limits and codes. Stop that one, or name another folder with --data.", exception);
        }
    }

    /// <summary>Writes a file as a whole.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        using (var stream = Open(draft, FileMode.Create))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Makes the file unless it is there.</summary>
    public static void Touch(string path) => Open(path, FileMode.OpenOrCreate).Dispose();

    private static FileStream Open(string path, FileMode mode, FileShare share = FileShare.ReadWrite)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        return new FileStream(path, options);
    }
}

/// <summary>It can't start here; the message says why and what to do.</summary>
internal sealed class StartException(string message, Exception? innerException = null) : Exception(message, innerException);
