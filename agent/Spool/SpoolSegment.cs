using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace OrleansKd.Agent.Spool;

/// <summary>One file of a spool. Its name is the number of its first chunk; it begins at a chunk's border. Not thread-safe.</summary>
internal sealed class SpoolSegment : IDisposable
{
    public const string Extension = ".spool";
    private readonly SafeFileHandle file;
    private readonly string path;

    private SpoolSegment(string path, SafeFileHandle file, long firstNumber)
    {
        (this.path, this.file, FirstNumber, Length) = (path, file, firstNumber, RandomAccess.GetLength(file));
        LastNumber = firstNumber - 1;
    }

    public long FirstNumber { get; }

    /// <summary>Number of the last chunk in it; one less than the first when there is none yet.</summary>
    public long LastNumber { get; set; }

    public long Length { get; private set; }

    public static SpoolSegment Create(string folder, long firstNumber)
    {
        var path = Path.Combine(folder, firstNumber.ToString("D19", CultureInfo.InvariantCulture) + Extension);
        return new(path, PrivateFolder.CreateFile(path), firstNumber);
    }

    /// <summary>The segments that are in a folder, oldest first.</summary>
    public static List<SpoolSegment> OpenAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal)
            .Select(path => new SpoolSegment(
                path,
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete),
                long.Parse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture))),
    ];

    /// <summary>Hands the bytes to the operating system: they survive this process, not the computer.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        RandomAccess.Write(file, record, Length);
        Length += record.Length;
    }

    /// <summary>Writes over the last record, which has the same length.</summary>
    public void ReplaceLast(ReadOnlySpan<byte> record) => RandomAccess.Write(file, record, Length - record.Length);

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(file, buffer, offset);

    public void Truncate(long length)
    {
        RandomAccess.SetLength(file, length);
        Length = length;
    }

    public void Delete()
    {
        file.Dispose();
        File.Delete(path);
    }

    public void Dispose() => file.Dispose();
}
