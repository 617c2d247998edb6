using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>Rules B3, B4, B7: forms as Microsoft's documentation of the command lines gives them.</summary>
public sealed class KdArgumentsTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("-remote npipe:server=S,pipe=P,password=x", true)]
    [InlineData("-remote tcp:Server=S,Port=5005", true)]
    [InlineData("–remote tcp:server=S,port=5005", true)]
    [InlineData("/remote tcp:server=S,port=5005", true)]
    [InlineData("-remote tcp:clicon=S,port=5005", true)]
    [InlineData("-remote ssl:proto=tls1,machuser=M,server=S,port=1", true)]
    [InlineData("-remote spipe:proto=tls1,certuser=C,server=S,pipe=P", true)]
    [InlineData("-remote com:port=COM1,baud=115200,channel=0", true)]
    [InlineData("-k com:port=com1", false)]
    [InlineData("-server npipe:pipe=P,hidden,password=x -k net:port=50000,key=1.2.3.4", false)]
    [InlineData("-server tcp:port=5000:5010 -z dump", false)]
    [InlineData("app.exe -server", false)]
    public void ServerOf_WhenRemoteStandsFirst(string line, bool expected) =>
        Assert.Equal(expected, new KdProfile("kd").IsThroughServer(ArgumentSplitter.Split(line)));

    [Theory]
    [InlineData("-y path -remote tcp:server=S,port=1", "-remote stands at place 3")]
    [InlineData("-v -server tcp:port=1", "-server stands at place 2")]
    [InlineData("-Remote tcp:server=S,port=1", "written -remote")]
    [InlineData("-remote", "needs a transport")]
    [InlineData("-remote tcp:server=S", "needs port=")]
    [InlineData("-remote tcp:port=1", "needs server=… or clicon=")]
    [InlineData("-remote tcp:server=,port=1", "server= has no value")]
    [InlineData("-remote tcp:server=S,port=99999", "port=99999 is no port")]
    [InlineData("-remote tcp:server=S,port=5000:5010", "port=5000:5010 is no port")]
    [InlineData("-remote npipe:server=S", "needs pipe=")]
    [InlineData("-remote udp:server=S", "'udp' is no transport")]
    [InlineData("-remote ssl:server=S,port=1", "needs proto=")]
    [InlineData("-remote spipe:proto=tls1,server=S,pipe=P", "needs certuser=… or machuser=")]
    [InlineData("-remote com:port=COM1,baud=fast,channel=0", "baud=fast is no number")]
    [InlineData("-server tcp:server=S", "needs port=")]
    [InlineData("-server npipe:hidden", "needs pipe=")]
    public void ServerOf_WhenMalformed_NamesThePart(string line, string part) =>
        Assert.Contains(part, Assert.Throws<DebuggerStartException>(() => KdArguments.ServerOf(ArgumentSplitter.Split(line))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-k net:port=1,key=a", "-secure -k net:port=1,key=a")]
    [InlineData("-server tcp:port=1 -k com", "-server tcp:port=1 -secure -k com")]
    [InlineData("-k com -secure", "-k com -secure")]
    public void Secured_KeepsTheServerFirst(string line, string expected) =>
        Assert.Equal(expected, string.Join(' ', KdArguments.Secured(line.Split(' '))));
}
