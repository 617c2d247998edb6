using System.Globalization;
using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks.Viewers;

/// <summary>What a viewer makes of the updates: as little as can be, because ten of them share the machine with what is measured.</summary>
internal sealed class ViewerWatch(string? stamp, long through, bool keepStamps, TextWriter told)
{
    private readonly StringBuilder kept = new();
    private readonly byte[]? stampBytes = stamp is null ? null : Encoding.UTF8.GetBytes(stamp);
    private readonly TranscriptHash hash = new();
    private readonly List<byte> partOfLine = [];
    private bool isReady;
    private bool isThrough;
    private int lines;
    private bool inOrder = true;
    private long? endSequence;

    public void Take(TranscriptUpdate update, long now)
    {
        switch (update)
        {
            case TranscriptUpdate.Rewound rewound:
                hash.Rewind(rewound.ToSequence);
                partOfLine.Clear();
                told.WriteLine($"rewound {now} {rewound.ToSequence}");
                break;
            case TranscriptUpdate.Page { Value: var page }:
                Take(page, now);
                break;
        }
    }

    private void Take(TranscriptPage page, long now)
    {
        if (!isReady)
            told.WriteLine($"ready {now}\npage {now} {page.Entries.Sum(entry => (long)entry.Data.Length)}");
        isReady = true;
        foreach (var entry in page.Entries)
        {
            hash.Add(entry);
            if (entry.Kind is TranscriptEntryKind.Output)
                Take(entry.Data.Span, entry.Sequence, now);
        }
        if (endSequence <= page.DurableThrough)
        {
            told.WriteLine($"durable {now} {endSequence} {hash.Through(endSequence.Value)}");
            endSequence = null;
        }
        if (!isThrough && page.After + page.Entries.Length >= through)
        {
            isThrough = true;
            told.WriteLine($"through {now} {page.After + page.Entries.Length}");
        }
    }

    private void Take(ReadOnlySpan<byte> data, long sequence, long now)
    {
        for (var end = data.IndexOf((byte)'\n'); end >= 0; end = data.IndexOf((byte)'\n'))
        {
            if (partOfLine.Count == 0)
            {
                EndLine(data[..end], sequence, now);
            }
            else
            {
                partOfLine.AddRange(data[..end]);
                EndLine(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(partOfLine), sequence, now);
                partOfLine.Clear();
            }
            data = data[(end + 1)..];
        }
        partOfLine.AddRange(data);
    }

    private void EndLine(ReadOnlySpan<byte> line, long sequence, long now)
    {
        // What a command prints comes after the prompt, on its line.
        if (stampBytes is not null && line.IndexOf(stampBytes) is >= 0 and var at && (at == 0 || line[..at].EndsWith(") "u8)))
        {
            var text = $"stamp {Encoding.UTF8.GetString(line[(at + stampBytes.Length)..]).Trim()} {now}";
            if (keepStamps)
                kept.Append(text).Append('\n');
            else
                told.WriteLine(text);
        }
        else if (line.StartsWith("line "u8) && line.Length > 12)
        {
            inOrder &= int.TryParse(line[5..12], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == lines;
            lines++;
        }
        else if (line.StartsWith("begin "u8))
        {
            (lines, inOrder) = (0, true);
            told.WriteLine($"{Encoding.UTF8.GetString(line)} {now}");
        }
        else if (line.StartsWith("end "u8))
        {
            endSequence = sequence;
            told.Write(kept.ToString());
            kept.Clear();
            told.WriteLine($"done {now} {lines} {(inOrder ? "ordered" : "disordered")}");
        }
    }
}
