using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Gdb;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Rule B4 for gdb: what its arguments connect it to.</summary>
public sealed class GdbConnectionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-scripts-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("-ex 'target remote :1234'")]
    [InlineData("–ex 'target remote :1234'")]
    [InlineData("vmlinux --ex='tar rem localhost:1234'")]
    [InlineData("-q -nx -iex 'target extended-remote lab:1'")]
    [InlineData("-eval-command '  targ  ext   tcp:lab:65535 '")]
    [InlineData("--eval-comm 'target extended-r tcp6:[fe80::1]:1234'")]
    [InlineData("-ev 'target remote udp4:lab:1'")]
    [InlineData("-ex 'target remote /dev/ttyUSB0'")]
    [InlineData("-ex 'target remote ./lab:sock'")]
    [InlineData("-ex 'target native' -ex 'target remote :1' -ex continue")]
    [InlineData("-ex 'target remote :1' -ex 'record full' -ex 'target record-full'")]
    [InlineData("-ex 'target remote :1' --args prog -ex 'disconnect'")]
    public void IsThroughServer_WhenConnectedToAStub_IsTrue(string line) => Assert.True(IsThroughServer(line));

    [Theory]
    [InlineData("")]
    [InlineData("./a.out core")]
    [InlineData("-p 1234")]
    [InlineData("--args prog -ex 'target remote :1'")]
    [InlineData("-arg prog -ex 'target remote :1'")]
    [InlineData("-- -ex 'target remote :1'")]
    [InlineData("-ex 'target remote | gdbserver - prog'")]
    [InlineData("-ex 'target remote |ssh lab gdbserver - prog'")]
    [InlineData("-ex 'target native'")]
    [InlineData("-ex 'target sim'")]
    [InlineData("-ex 'target core dump'")]
    [InlineData("-ex 'target remote :1' -ex 'target native'")]
    [InlineData("-ex 'target remote :1' -ex 'disconnect'")]
    [InlineData("-ex 'target remote :1' -ex 'target remote | stub'")]
    [InlineData("-ex 'target re :1'")]
    [InlineData("-ex 'ta remote :1'")]
    [InlineData("-ex 'echo target remote :1'")]
    [InlineData("-ex '# target remote :1'")]
    [InlineData("-d -ex 'target remote :1'")]
    [InlineData("-ex")]
    public void IsThroughServer_WhenTheTargetEndsWithGdb_IsFalse(string line) => Assert.False(IsThroughServer(line));

    [Theory]
    [InlineData("target remote", "names no address")]
    [InlineData("target extended-remote  ", "target extended-remote")]
    [InlineData("tar rem localhost", "'localhost' names no port")]
    [InlineData("target remote tcp:lab", "'tcp:lab' names no port")]
    [InlineData("target remote lab:", "'' is no port")]
    [InlineData("target remote :99999", "'99999' is no port")]
    [InlineData("target remote :0", "'0' is no port")]
    [InlineData("target remote lab:12x", "'12x' is no port")]
    [InlineData("target remote [::1]", "names no port")]
    [InlineData("target remote |", "no program")]
    public void IsThroughServer_WhenTheAddressIsMalformed_NamesThePart(string command, string part) =>
        Assert.Contains(part, Assert.Throws<DebuggerStartException>(() => IsThroughServer($"-ex '{command}'")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("file vmlinux\ntarget remote :1234\n", true)]
    [InlineData("if $_gdb_setting(\"height\") == 0\n  target remote :1234\nend", true)]
    [InlineData("define lab\ntarget remote :1\nend\n", false)]
    [InlineData("define lab\nif 1\ntarget remote :1\nend\ntarget remote :2\nend\n", false)]
    [InlineData("document lab\nif you say\ntarget remote :1\nend\ntarget remote :2\n", true)]
    [InlineData("python\nif True: pass\ntarget remote :1\nend\ntarget remote :2\n", true)]
    [InlineData("python print(1)\ntarget remote :1\n", true)]
    [InlineData("define lab\npython\nif 1: pass\nend\nend\ntarget remote :1", true)]
    public void IsThroughServer_WhenAScriptIsGiven_ReadsIt(string script, bool expected)
    {
        Write("lab.gdb", script);
        Assert.Equal(expected, IsThroughServer($"-x {folder}/lab.gdb"));
        Assert.Equal(expected, IsThroughServer($"--command={folder}/lab.gdb vmlinux"));
        Assert.Equal(expected, IsThroughServer($"-ix {folder}/lab.gdb"));
        Assert.Equal(expected, IsThroughServer($"-ex 'source {folder}/lab.gdb'"));
        Assert.Equal(expected, IsThroughServer($"-cd {folder} -x lab.gdb"));
        Assert.False(IsThroughServer($"--args {folder}/lab.gdb -x {folder}/lab.gdb"));
    }

    [Fact]
    public void IsThroughServer_WhenAScriptSourcesAnother_ReadsThatToo()
    {
        Write("outer.gdb", "source inner.gdb");
        Write("inner.gdb", "target remote :1\nsource outer.gdb");
        Assert.True(IsThroughServer($"-cd {folder} -x outer.gdb"));
    }

    [Fact]
    public void IsThroughServer_WhenAScriptIsMissingOrHuge_LeavesItToGdb()
    {
        Write("huge.gdb", "target remote :1\n" + new string('#', 300 * 1024));
        Assert.False(IsThroughServer($"-x {folder}/huge.gdb"));
        Assert.False(IsThroughServer($"-x {folder}/none.gdb"));
        Assert.False(IsThroughServer($"-x {folder}"));
    }

    private static bool IsThroughServer(string line) => new GdbProfile().IsThroughServer(ArgumentSplitter.Split(line));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
