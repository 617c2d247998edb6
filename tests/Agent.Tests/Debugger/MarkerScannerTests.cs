using System.Text;
using CsCheck;
using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Tests.Debugger;

public sealed class MarkerScannerTests
{
    private static readonly byte[] Stem = "okd-abok-"u8.ToArray();
    private static readonly string[] Pieces = ["okd-", "okd-abo", "o", "okd-abok", "text", "\n", "<P>", "<R>"];

    /// <summary>Text and markers in any order, with many beginnings of the marker in the text, cut anywhere.</summary>
    [Fact]
    public void Read_HoweverTheBlocksAreCut_FindsTheMarkersAndKeepsTheRest() =>
        Gen.Select(
            Gen.Int[0, Pieces.Length - 1].Select(piece => Pieces[piece]).List[0, 20],
            Gen.Int[1, 7].List[1, 40])
            .Sample((parts, cuts) =>
            {
                var expected = string.Concat(parts);
                var sink = new Collected();
                var scanner = new MarkerScanner(Stem, sink);
                var input = Encoding.ASCII.GetBytes(expected.Replace("<P>", "okd-abok-P", StringComparison.Ordinal).Replace("<R>", "okd-abok-R", StringComparison.Ordinal)).AsSpan();
                for (var i = 0; input.Length > 0; i++)
                {
                    var length = Math.Min(cuts[i % cuts.Count], input.Length);
                    scanner.Read(input[..length]);
                    input = input[length..];
                }
                scanner.Complete();
                Assert.Equal(expected, sink.Text.ToString());
            });

    private sealed class Collected : IMarkerSink
    {
        public StringBuilder Text { get; } = new();

        public void OnText(ReadOnlySpan<byte> text) => Text.Append(Encoding.ASCII.GetString(text));

        public void OnMarker(byte kind) => Text.Append('<').Append((char)kind).Append('>');
    }
}
