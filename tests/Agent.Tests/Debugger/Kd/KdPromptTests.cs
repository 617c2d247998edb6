using System.Text;
using OrleansKd.Agent.Debugger.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

public sealed class KdPromptTests
{
    public static TheoryData<string> Prompts => ["kd> ", "0: kd> ", "13: kd> ", "lkd> ", "0:000> ", "0:012:x86> ", "||0:0:000> ", "||1:0: kd> ", "16.kd:x86> ", "16.0: kd:x86> ", "0: kd:x86> ", "NoTarget> "];

    [Theory]
    [MemberData(nameof(Prompts))]
    public void LengthAtEnd_OfEachPrompt_IsItsLength(string prompt)
    {
        Assert.Equal(prompt.Length, KdPrompt.LengthAtEnd(Encoding.ASCII.GetBytes(prompt)));
        Assert.Equal(prompt.Length, KdPrompt.LengthAtEnd(Encoding.ASCII.GetBytes("line\nhello" + prompt)));
    }

    [Theory]
    [MemberData(nameof(Prompts))]
    public void PossibleLengthAtEnd_OfEachBeginningOfAPrompt_HoldsAllOfIt(string prompt)
    {
        for (var length = 1; length <= prompt.Length; length++)
            Assert.Equal(length, KdPrompt.PossibleLengthAtEnd(Encoding.ASCII.GetBytes("line\n" + prompt[..length])));
    }

    [Theory]
    [InlineData("kd>")]
    [InlineData("kd> \n")]
    [InlineData("0:000> k")]
    [InlineData("C:\\> ")]
    [InlineData("a> ")]
    [InlineData("12> ")]
    [InlineData("")]
    public void LengthAtEnd_OfAnythingElse_IsZero(string text) => Assert.Equal(0, KdPrompt.LengthAtEnd(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void PossibleLengthAtEnd_OfAWholeLine_IsZero() => Assert.Equal(0, KdPrompt.PossibleLengthAtEnd("0: kd> k\n"u8));

    [Fact]
    public void LastIn_FindsAPromptThatOtherOutputHasBuried() =>
        Assert.Equal("1: kd> ", KdPrompt.LastIn("0: kd> r\neax=1\n1: kd> LAB\\ann connected at noon\n-> ok\n"u8, out _));
}
