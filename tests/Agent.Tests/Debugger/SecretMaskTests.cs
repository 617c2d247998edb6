using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("tcp:server=lab,password=hunter2,port=1", "tcp:server=lab,password=…,port=1", "hunter2")]
    [InlineData("tcp:password=\"hunter 2\",port=1", "tcp:password=…,port=1", "hunter 2")]
    [InlineData("tcp:password='hunter,2' tail,port=1", "tcp:password=…,port=1", "hunter,2")]
    [InlineData("tcp:password=\"hunter\"2", "tcp:password=…", "hunter")]
    [InlineData("tcp:password=…hunter2", "tcp:password=…", "…hunter2")]
    [InlineData("net:port=5,key = 1.2.3.4", "net:port=5,key = …", "1.2.3.4")]
    public void MaskArgument_HidesAValueWhole_AndLeavesWhatIsHidden(string argument, string masked, string secret)
    {
        Assert.Equal(masked, SecretText.MaskArgument(argument));
        Assert.Equal(masked, SecretText.MaskArgument(masked));
        Assert.Contains(secret, SecretText.SecretsOf(argument).Select(found => found.Value));
        Assert.DoesNotContain(secret, SecretMask.In($"can't open {argument}: {secret}", [argument]), StringComparison.Ordinal);
    }
}
