using Microsoft.Win32.SafeHandles;
using OrleansKd.Agent.Debugger.Unix;

namespace OrleansKd.Agent.Spool;

/// <summary>Folders (0700) and files (0600) that only this user can read: a target's memory may be in them.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OnlyMe = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, or takes an existing one that is this user's, and closes it for others.</summary>
    /// <exception cref="IOException">Somebody else owns it.</exception>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, OnlyMe);
        if (OperatingSystem.IsLinux() && FileOwner.Of(path) is var owner && owner != LibC.geteuid())
            throw new IOException($"The folder '{path}' belongs to another user (id {owner}), who could read or change what is kept in it. Give the agent a folder of its own with --data or ORLEANSKD_HOME.");
        if (File.GetUnixFileMode(path) != OnlyMe)
            File.SetUnixFileMode(path, OnlyMe);
    }

    /// <summary>Makes a new file for reading and writing.</summary>
    public static SafeFileHandle CreateFile(string path)
    {
        using var stream = new FileStream(path, NewFile(FileMode.CreateNew));
        stream.Dispose();
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
    }

    /// <summary>Replaces a small file as a whole: a reader sees the old one or the new one.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        using (var stream = new FileStream(draft, NewFile(FileMode.Create)))
            stream.Write(content);
        File.Move(draft, path, overwrite: true);
    }

    private static FileStreamOptions NewFile(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
