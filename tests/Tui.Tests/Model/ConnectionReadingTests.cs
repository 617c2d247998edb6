using OrleansKd.Agent.Api;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>What the Host Session dialog says of the arguments while they are typed (rules B3, B4, B7, B8).</summary>
public sealed class ConnectionReadingTests
{
    [Theory]
    [InlineData("/opt/kd", "–remote tcp:server=lab7,port=5005", "Through the KD server tcp:server=lab7,port=5005, which survives the debugger: the session can be re-opened.")]
    [InlineData("kd.exe", "-remote tcp:server=lab7,port=5005,password=x", "Through the KD server tcp:server=lab7,port=5005,password=…, which survives the debugger: the session can be re-opened.")]
    [InlineData("/usr/bin/gdb", "-q vmlinux -ex 'target remote :1234'", "Through the server at :1234 (target remote), which survives gdb: the session can be re-opened.")]
    [InlineData("/usr/bin/lldb", "-o 'gdb-remote 1234'", "Through the server at 1234, which survives lldb: the session can be re-opened.")]
    [InlineData("/usr/bin/gdb", "-q ./crash", "Direct: gdb itself holds the target.")]
    [InlineData("/usr/bin/gdb", "-ex 'target remote :1' -ex disconnect", "Direct: gdb itself holds the target.")]
    [InlineData("kd", "-remote tcp:server=lab7,port=0", "The argument of -remote can't be used: port=0 is no port (1 to 65535).")]
    [InlineData("/usr/bin/mydbg", "x", "Direct, as far as can be told: this is no debugger that is known by its name.")]
    public void Reading_SaysWhatTheArgumentsMean(string debugger, string arguments, string expected) =>
        Assert.Equal(expected, DirectSession.Reading(DebuggerConnection.Of(debugger, arguments)));

    [Theory]
    [InlineData("kd", "-k com:port=1", true)]
    [InlineData("cdb.exe", "-pn app.exe", true)]
    [InlineData("kd", "-remote tcp:server=s,port=1", false)]
    [InlineData("gdb", "./crash", false)]
    public void HasSecureMode_IsOfDirectKdOnly(string debugger, string arguments, bool expected) =>
        Assert.Equal(expected, DebuggerConnection.Of(debugger, arguments).HasSecureMode);
}
