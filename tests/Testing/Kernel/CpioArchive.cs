using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace OrleansKd.Testing.Kernel;

/// <summary>An initial file system as Linux reads it: a cpio archive in the "newc" format, packed.</summary>
internal static class CpioArchive
{
    private const int RegularProgram = 0x81ED;
    private const int Folder = 0x41ED;

    /// <param name="file">Written anew.</param>
    /// <param name="folders">Names without a slash in front.</param>
    /// <param name="programs">Names, and what they hold.</param>
    public static void Write(string file, IEnumerable<string> folders, IEnumerable<(string Name, byte[] Content)> programs)
    {
        using var packed = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        var number = 0;
        foreach (var folder in folders)
            Add(packed, ++number, folder, Folder, []);
        foreach (var (name, content) in programs)
            Add(packed, ++number, name, RegularProgram, content);
        Add(packed, 0, "TRAILER!!!", 0, []);
    }

    private static void Add(Stream archive, int number, string name, int mode, byte[] content)
    {
        // Magic, inode, mode, owner, group, links, time, size, device (2), device's device (2), length of the name, checksum.
        int[] fields = [number, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, name.Length + 1, 0];
        var head = Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(field => field.ToString("X8", CultureInfo.InvariantCulture))) + name + "\0");
        archive.Write(Padded(head));
        archive.Write(Padded(content));
    }

    private static byte[] Padded(byte[] bytes) => bytes.Length % 4 == 0 ? bytes : [.. bytes, .. new byte[4 - bytes.Length % 4]];
}
