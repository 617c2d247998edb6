using System.Text;
using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Rule B8: what a debugger was given as a secret, and prints, is not recorded; everything else is, byte for byte.</summary>
public sealed class SecretFilterTests
{
    private readonly RecordedRun record = new();

    [Theory]
    [InlineData("tcp:server=a,password=hunter2", "with 'tcp:server=a,password=hunter2'.\n", "with 'tcp:server=a,password=…'.\n")]
    [InlineData("tcp:server=a,PassWord = \"hunter two\"", "hunter two and hunter", "… and …")]
    [InlineData("tcp:server=a,password=geheim-ä", "geheim-ä\ngeheim-\n", "…\ngeheim-\n")]
    [InlineData("com:key=aaaa", "aaaaaaaaa", "……a")]
    [InlineData("echo key=hunter2\\n", "key=hunter2\n", "key=…\n")]
    // By chance in every output: hidden only where it was written.
    [InlineData("tcp:server=a,password=1", "0: kd> 1 password=1 1", "0: kd> 1 password=… 1")]
    [InlineData("tcp:server=a", "anything", "anything")]
    public void Output_WhereverItIsSplit_HidesTheSecret(string argument, string printed, string recorded)
    {
        var bytes = Encoding.UTF8.GetBytes(printed);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var run = new RecordedRun();
            var filter = new SecretFilter(run);
            filter.Hide(SecretText.SecretsOf(argument));
            filter.Output(bytes.AsSpan(0, split));
            filter.Output(bytes.AsSpan(split));
            filter.Flush();
            Assert.Equal(recorded, run.Text);
        }
    }

    [Fact]
    public void Output_WhenOneSecretBeginsWithAnother_HidesTheLongerOne()
    {
        var filter = new SecretFilter(record);
        filter.Hide(SecretText.SecretsOf("tcp:password=abcd"));
        filter.Hide(SecretText.SecretsOf("tcp:password=abcdef"));
        foreach (var part in (string[])["abc", "de", "f abcd", "e", "x"])
            filter.Output(Encoding.UTF8.GetBytes(part));
        Assert.Equal("… …ex", record.Text);
    }

    [Fact]
    public void Flush_WhenAPartOfASecretWasTheLast_ShowsIt()
    {
        var filter = new SecretFilter(record);
        filter.Hide(SecretText.SecretsOf("tcp:password=hunter2"));
        filter.Output("at hunt"u8);
        Assert.Equal("at ", record.Text);
        filter.Flush();
        Assert.Equal("at hunt", record.Text);
    }
}
