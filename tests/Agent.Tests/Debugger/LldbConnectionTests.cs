using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Lldb;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Rule B4 for lldb: what its arguments connect it to.</summary>
public sealed class LldbConnectionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-scripts-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("-o 'gdb-remote 1234'")]
    [InlineData("–o 'gdb-remote lab:1234'")]
    [InlineData("vmlinux --one-line ' gdb  [fe80::1]:1234'")]
    [InlineData("-O 'process connect connect://lab:1234'")]
    [InlineData("--one-line-before-file 'proc conn -p gdb-remote tcp://lab:1'")]
    [InlineData("-o 'process connect --plugin gdb-remote unix-connect:///run/stub'")]
    [InlineData("-o 'platform select remote-linux' -o 'platform connect connect://lab:1234'")]
    [InlineData("-o 'process detach' -O 'process connect file:///dev/ttyUSB0' prog", false)]
    [InlineData("-o 'gdb-remote 1' -k 'process detach'")]
    [InlineData("prog -o 'gdb-remote 1' -- -o 'process detach'")]
    public void IsThroughServer_WhenConnectedToAServer_IsTrue(string line, bool expected = true) => Assert.Equal(expected, IsThroughServer(line));

    [Theory]
    [InlineData("")]
    [InlineData("./a.out")]
    [InlineData("-p 1234")]
    [InlineData("-- prog -o 'gdb-remote 1'")]
    [InlineData("-k 'gdb-remote 1'")]
    [InlineData("-n -o 'gdb-remote 1'")]
    [InlineData("-o 'platform select remote-linux'")]
    [InlineData("-o 'platform connect connect://lab:1' -o 'platform disconnect'")]
    [InlineData("-o 'script print(1)'")]
    [InlineData("-o '# gdb-remote 1'")]
    [InlineData("-o 'help gdb-remote'")]
    [InlineData("-o")]
    public void IsThroughServer_WhenTheTargetEndsWithLldb_IsFalse(string line) => Assert.False(IsThroughServer(line));

    [Theory]
    [InlineData("gdb-remote", "names no address")]
    [InlineData("gdb-remote lab", "'lab' is no port")]
    [InlineData("gdb-remote lab:99999", "'99999' is no port")]
    [InlineData("gdb-remote 0", "'0' is no port")]
    [InlineData("process connect", "names no address")]
    [InlineData("process connect lab:1234", "names no kind of connection")]
    [InlineData("process connect connect://lab", "names no port")]
    [InlineData("process connect connect://[::1]", "names no port")]
    [InlineData("platform connect tcp://lab:12x", "'12x' is no port")]
    [InlineData("process connect unix-connect://", "nothing stands behind")]
    public void IsThroughServer_WhenTheAddressIsMalformed_NamesThePart(string command, string part) =>
        Assert.Contains(part, Assert.Throws<DebuggerStartException>(() => IsThroughServer($"-o '{command}'")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("target create vmlinux\ngdb-remote 1234\n", true)]
    [InlineData("# gdb-remote 1234\n", false)]
    [InlineData("breakpoint command add 1\ngdb-remote 1\nDONE\n", false)]
    [InlineData("br com add -o 'bt'\ngdb-remote 1\n", true)]
    [InlineData("br com add\nbt\nDONE\ngdb-remote 1", true)]
    public void IsThroughServer_WhenAScriptIsGiven_ReadsIt(string script, bool expected)
    {
        File.WriteAllText(Path.Combine(folder, "lab.lldb"), script);
        Assert.Equal(expected, IsThroughServer($"-s {folder}/lab.lldb"));
        Assert.Equal(expected, IsThroughServer($"prog --source-before-file {folder}/lab.lldb"));
        Assert.Equal(expected, IsThroughServer($"-o 'command source {folder}/lab.lldb'"));
        Assert.False(IsThroughServer($"-K {folder}/lab.lldb"));
        Assert.False(IsThroughServer($"-s {folder}/none.lldb"));
    }

    private static bool IsThroughServer(string line) => new LldbProfile().IsThroughServer(ArgumentSplitter.Split(line));
}
