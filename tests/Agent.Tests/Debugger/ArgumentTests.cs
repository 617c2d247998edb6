using CsCheck;
using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Tests.Debugger;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  a\tb  ", new[] { "a", "b" })]
    [InlineData("'a b' \"c d\" e\\ f", new[] { "a b", "c d", "e f" })]
    [InlineData("a'b'\"c\"d ''", new[] { "abcd", "" })]
    [InlineData("\"\\\"\\\\\\n\"", new[] { "\"\\\\n" })]
    [InlineData("$HOME `id` *.c ; | > #x", new[] { "$HOME", "`id`", "*.c", ";", "|", ">", "#x" })]
    [InlineData("–remote —args a–b –", new[] { "-remote", "-args", "a–b", "–" })]
    public void Split_FollowsPosixQuotingWithoutExpansion(string line, string[] expected) =>
        Assert.Equal(expected, ArgumentSplitter.Split(line));

    [Theory]
    [InlineData("'open", "quote '")]
    [InlineData("a \"b", "character 3")]
    [InlineData("a\\", "backslash")]
    public void Split_OfAMalformedLine_NamesTheFault(string line, string part) =>
        Assert.Contains(part, Assert.Throws<DebuggerStartException>(() => ArgumentSplitter.Split(line)).Message, StringComparison.Ordinal);

    // Examples of Microsoft's documentation of the command line's rules.
    [Theory]
    [InlineData("\"a b c\" d e", new[] { "a b c", "d", "e" })]
    [InlineData("\"ab\\\"c\" \"\\\\\" d", new[] { "ab\"c", "\\", "d" })]
    [InlineData("a\\\\\\b d\"e f\"g h", new[] { "a\\\\\\b", "de fg", "h" })]
    [InlineData("a\\\\\\\"b c d", new[] { "a\\\"b", "c", "d" })]
    [InlineData("a\\\\\\\\\"b c\" d e", new[] { "a\\\\b c", "d", "e" })]
    [InlineData("\"a\"\"b\" \"\"", new[] { "a\"b", "" })]
    public void SplitWindows_FollowsTheDocumentedRules(string line, string[] expected) =>
        Assert.Equal(expected, ArgumentSplitter.SplitWindows(line));

    [Fact]
    public void Join_ThenSplit_GivesTheSameArguments() =>
        Gen.String[Gen.Char[" \t'\"\\ab$–é\n"], 0, 12].List[0, 6].Sample(arguments =>
            Assert.Equal(arguments, ArgumentSplitter.SplitPosix(ArgumentSplitter.Join(arguments))));

    [Theory]
    [InlineData("-remote tcp:server=a,port=1,password=hunter2", "-remote tcp:server=a,port=1,password=…")]
    [InlineData("-k net:port=50000,key=1.2.3.4,target=b", "-k net:port=50000,key=…,target=b")]
    [InlineData("-remote 'npipe:pipe=p,Password=a b,server=s'", "-remote npipe:pipe=p,Password=…,server=s")]
    [InlineData("monkey=3", "monkey=3")]
    public void Mask_HidesOnlySecrets(string line, string expected) => Assert.Equal(expected, SecretMask.Line(ArgumentSplitter.Split(line)));

    [Theory]
    [InlineData("/usr/bin/gdb", "gdb")]
    [InlineData("/opt/gdb-multiarch", "gdb")]
    [InlineData("/x/KD.EXE", "kd")]
    [InlineData("/usr/bin/lldb", "lldb")]
    [InlineData("/usr/bin/gdbserver", null)]
    public void Profile_IsRecognisedByTheFilesName(string path, string? expected) => Assert.Equal(expected, DebuggerProfiles.For(path)?.Name);
}
