using OrleansKd.Contracts;

namespace OrleansKd.Tui.Connection;

/// <summary>The client's unexpected errors, in a file of this user's alone: a problem may tell what stood in a session.</summary>
internal sealed class ProblemLog(string path, TimeProvider time)
{
    /// <summary>Bytes after which the file begins anew; the one before stays as <c>.1</c>.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <returns>Where it stands, or that it could not be written and why.</returns>
    public string Write(Exception problem)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                File.Move(path, path + ".1", overwrite: true);
            using var log = new StreamWriter(OpenPrivate());
            log.Write($"{time.GetUtcNow():O} {VisibleText.From($"{problem}".ReplaceLineEndings("\n")).Replace("\n", "\n    ", StringComparison.Ordinal)}\n\n");
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"nowhere ({failure.Message})";
        }
    }

    private FileStream OpenPrivate()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
