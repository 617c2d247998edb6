using System.Text;

namespace OrleansKd.Testing.Fuzz;

/// <summary>The choices of one case. The same seed makes the same choices for ever: .NET keeps the sequence of a seeded <see cref="Random"/>.</summary>
public sealed class FuzzCase(int seed)
{
    // Seeds of a run follow one another; their first choices shall not.
    private readonly Random random = new(unchecked((int)((uint)seed * 2_654_435_769u)));

    private static readonly long[] EdgeNumbers = [0, 1, -1, 2, 127, 128, 255, 256, 65_535, 65_536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, long.MaxValue - 1];

    public int Seed => seed;

    public bool Chance(int oneIn) => random.Next(oneIn) == 0;

    public int Next(int below) => random.Next(Math.Max(1, below));

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>Mostly one that breaks something.</summary>
    public long Number() => Chance(3) ? random.NextInt64(-1_000, 1_000) : Pick(EdgeNumbers);

    public byte[] Bytes(int most)
    {
        var bytes = new byte[random.Next(most + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    public string Text(IReadOnlyList<string> words, int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Chance(8) ? ((char)random.Next(0x20, 0x7F)).ToString() : Pick(words)));

    /// <summary>Any characters, lone surrogates among them.</summary>
    public string AnyText(int most)
    {
        var text = new StringBuilder();
        for (var left = random.Next(most + 1); left > 0; left--)
            text.Append(Chance(3) ? (char)random.Next(0x10000) : (char)random.Next(0x80));
        return text.ToString();
    }

    /// <summary>Some bytes changed, put in, taken out or repeated; or the end cut off.</summary>
    public byte[] Mutate(byte[] bytes)
    {
        var changed = bytes.ToList();
        for (var changes = 1 + random.Next(4); changes > 0 && changed.Count > 0; changes--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(7))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    changed.InsertRange(at, Bytes(9));
                    break;
                case 3:
                    changed.RemoveRange(at, Math.Min(changed.Count - at, 1 + random.Next(8)));
                    break;
                case 4:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                case 5:
                    var piece = changed.GetRange(at, Math.Min(changed.Count - at, 1 + random.Next(32)));
                    for (var times = random.Next(Chance(20) ? 2_000 : 4); times > 0; times--)
                        changed.InsertRange(at, piece);
                    break;
                default:
                    // Lengths and numbers of binary formats stand in such bytes.
                    changed[at] = Pick((byte[])[0x00, 0x7F, 0x80, 0xC0, 0xC6, 0xC9, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xFF]);
                    break;
            }
        }
        return [.. changed];
    }
}
