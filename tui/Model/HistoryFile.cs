using System.Text;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>
/// The user's commands on this computer, one on a line, newest last (rule G2). Several windows and clients add to it at once. A file that can't be
/// read or written costs nothing but the history.
/// </summary>
/// <param name="length">How many are remembered; twice as many may stand in the file until it is made short again.</param>
internal sealed class HistoryFile(string path, int length = HistoryFile.DefaultLength)
{
    public const int DefaultLength = 1_000;

    public IReadOnlyList<string> Read()
    {
        try
        {
            if (!File.Exists(path))
                return [];
            var lines = File.ReadAllLines(path).Where(line => line.Length is > 0 and <= Limits.CommandLength && !line.Any(char.IsControl)).ToArray();
            var last = lines[^Math.Min(lines.Length, length)..];
            if (lines.Length > 2 * length)
                Shorten(last);
            return last;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Add(string command)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, Private(FileMode.Append));
            // One write: what several clients add at once does not mix.
            file.Write(Encoding.UTF8.GetBytes(command + "\n"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The command runs all the same.
        }
    }

    private void Shorten(string[] lines)
    {
        var next = path + ".new";
        using (var file = new StreamWriter(next, new UTF8Encoding(false), Private(FileMode.Create)))
        {
            foreach (var line in lines)
                file.Write(line + "\n");
        }
        File.Move(next, path, overwrite: true);
    }

    /// <summary>What somebody types into a debugger is theirs.</summary>
    private static FileStreamOptions Private(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
