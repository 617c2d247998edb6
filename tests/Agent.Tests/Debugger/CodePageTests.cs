using System.Text;
using CsCheck;
using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Tests.Debugger;

public sealed class CodePageTests
{
    [Theory]
    [InlineData("windows-1252", new byte[] { 0x80, 0xE9, 0x41 }, "€éA")]
    [InlineData("ibm850", new byte[] { 0x82, 0x84 }, "éä")]
    [InlineData("850", new byte[] { 0x82 }, "é")]
    [InlineData("shift_jis", new byte[] { 0x93, 0xFA, 0x96, 0x7B }, "日本")]
    public void Read_GivesUtf8(string name, byte[] printed, string expected)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(CodePage.Find(name)!.CreateReader().Read(printed)));
        Assert.Equal(printed, CodePage.Find(name)!.TryEncode(expected));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("klingon")]
    [InlineData("")]
    public void Find_OfWhatIsNoCodePage_IsNull(string name) => Assert.Null(CodePage.Find(name));

    [Fact]
    public void TryEncode_OfACharacterThatItDoesNotHave_IsNull()
    {
        Assert.Null(CodePage.Find("windows-1252")!.TryEncode("da 日"));
        Assert.Null(CodePage.Find("ibm850")!.TryEncode("\u2019"));
    }

    /// <summary>Any bytes, cut anywhere: the result is the same, and no byte is lost.</summary>
    [Theory]
    [InlineData("windows-1252")]
    [InlineData("windows-1253")]
    [InlineData("ibm437")]
    [InlineData("shift_jis")]
    [InlineData("gb18030")]
    public void Read_OfAnyBytesCutAnywhere_CanBeTurnedBack(string name)
    {
        var page = CodePage.Find(name)!;
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[1, 5].Array[1, 10]).Sample((printed, cuts) =>
        {
            var reader = page.CreateReader();
            var bytes = new List<byte>();
            var rest = printed.AsSpan();
            for (var i = 0; rest.Length > 0; i++)
            {
                var length = Math.Min(cuts[i % cuts.Length], rest.Length);
                bytes.AddRange(reader.Read(rest[..length]));
                rest = rest[length..];
            }
            bytes.AddRange(reader.Read([], isEnd: true));
            var whole = page.CreateReader();
            Assert.Equal([.. whole.Read(printed), .. whole.Read([], isEnd: true)], bytes.ToArray());
            Assert.Equal(printed, Back(page, bytes.ToArray()));
        });
    }

    private static byte[] Back(CodePage page, byte[] utf8)
    {
        var printed = new List<byte>();
        var text = utf8.AsSpan();
        while (text.IndexOf((byte)0xED) is var at and >= 0)
        {
            if (text[at + 1] < 0xB0)
            {
                printed.AddRange(page.TryEncode(Encoding.UTF8.GetString(text[..(at + 3)]))!);
            }
            else
            {
                printed.AddRange(page.TryEncode(Encoding.UTF8.GetString(text[..at]))!);
                printed.Add((byte)(((text[at + 1] & 0x0F) << 6) | (text[at + 2] & 0x3F)));
            }
            text = text[(at + 3)..];
        }
        printed.AddRange(page.TryEncode(Encoding.UTF8.GetString(text))!);
        return [.. printed];
    }
}
