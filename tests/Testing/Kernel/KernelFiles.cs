using System.Text;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Testing.Kernel;

/// <summary>
/// What a guest boots from: Debian's kernel (<c>tests/Testing/Kernel/fetch</c> gets it), a file system with busybox and one script, and the
/// kernel's function symbols for gdb, read once from the running guest and kept beside the kernel.
/// </summary>
public sealed class KernelFiles
{
    /// <summary>Names another kernel image than the fetched one.</summary>
    private const string Variable = "ORLEANSKD_KERNEL";

    private const string Busybox = "/bin/busybox";

    /// <summary>The kernel's code begins here when its place is not random, and ends before the next area.</summary>
    private const ulong CodeStart = 0xffffffff81000000;
    private const ulong CodeBytes = 0x1000000;

    private readonly string folder;

    private KernelFiles(string image, string folder) => (Image, this.folder) = (image, folder);

    public string Image { get; }

    public string FileSystem => Path.Combine(folder, "initrd.gz");

    /// <summary>An ELF file with the kernel's functions, for gdb.</summary>
    public string Symbols => Path.Combine(folder, "vmlinux-symbols");

    /// <summary>Why no guest can boot here; null when one can.</summary>
    public static string? Missing
    {
        get
        {
            var programs = new[] { "qemu-system-x86_64", "as", "ld" }.Where(program => ProgramOnPath.Find(program) is null).ToList();
            if (!File.Exists(Busybox))
                programs.Add(Busybox);
            if (programs.Count > 0)
                return $"A kernel can't be booted here without {string.Join(", ", programs)}: install qemu-system-x86, busybox-static, binutils.";
            return File.Exists(ImagePath) ? null : $"There is no kernel at '{ImagePath}': run tests/Testing/Kernel/fetch, or name one in {Variable}.";
        }
    }

    /// <summary>The folder of everything that is built, above the one of this program.</summary>
    private static string Artifacts => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName;

    private static string ImagePath => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Path.Combine(Artifacts, "kernel", "vmlinuz");

    /// <summary>Makes what is not there yet.</summary>
    public static async Task<KernelFiles> PrepareAsync()
    {
        var folder = Path.Combine(Artifacts, "kernel");
        Directory.CreateDirectory(folder);
        var files = new KernelFiles(ImagePath, folder);
        var isNewer = File.GetLastWriteTimeUtc(files.Image) > File.GetLastWriteTimeUtc(files.Symbols);
        var init = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Kernel", "init"));
        var made = files.FileSystem + Guid.NewGuid();
        CpioArchive.Write(made, ["bin"], [("bin/busybox", await File.ReadAllBytesAsync(Busybox)), ("init", init)]);
        File.Move(made, files.FileSystem, overwrite: true);
        if (isNewer)
            await files.ReadSymbolsAsync();
        return files;
    }

    private async Task ReadSymbolsAsync()
    {
        var work = Directory.CreateTempSubdirectory("orleanskd-symbols-").FullName;
        var (listing, source, made) = (Path.Combine(work, "kallsyms"), Path.Combine(work, "symbols.s"), Path.Combine(work, "symbols"));
        await using (var guest = new ProgramRun("qemu-system-x86_64", KernelGuest.MachineArguments(this, "okd.symbols", ["-serial", "null", "-serial", $"file:{listing}"])))
            (await guest.EndAsync()).Succeeded();
        await File.WriteAllTextAsync(source, Assembly(await File.ReadAllLinesAsync(listing)));
        await using (var assembler = new ProgramRun("as", ["-o", made + ".o", source]))
            (await assembler.EndAsync()).Succeeded();
        await using (var linker = new ProgramRun("ld", [$"--section-start=.kernel=0x{CodeStart:x}", "-e", "0", "-o", made, made + ".o"]))
            (await linker.EndAsync()).Succeeded();
        var beside = Symbols + Guid.NewGuid();
        File.Copy(made, beside);
        File.Move(beside, Symbols, overwrite: true);
        Directory.Delete(work, recursive: true);
    }

    /// <summary>A section without content in the place of the kernel's code, with a name for each function in it.</summary>
    private static string Assembly(IEnumerable<string> listing)
    {
        var text = new StringBuilder(".section .kernel,\"ax\",@nobits\nkernel_code:\n");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parts in listing.Select(line => line.Split([' ', '\t'])))
        {
            if (parts is not [var address, "t" or "T", var name] || !seen.Add(name))
                continue;
            var at = Convert.ToUInt64(address, 16);
            if (at is >= CodeStart and < CodeStart + CodeBytes)
                text.Append($".globl {name}\n.type {name},@function\n.set {name},kernel_code+0x{at - CodeStart:x}\n");
        }
        return text.Append($".skip 0x{CodeBytes:x}\n").ToString();
    }
}
