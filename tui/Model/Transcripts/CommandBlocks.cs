
namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>The command blocks of a transcript, by line. Not thread-safe.</summary>
internal sealed class CommandBlocks
{
    private readonly List<CommandBlock> blocks = [];

    public void Started(string commandId, EnteredCommand command, int line)
    {
        // What has not told its end has it where the next one begins.
        if (blocks.Count > 0 && blocks[^1].End is null)
            blocks[^1] = blocks[^1] with { End = line };
        blocks.Add(new CommandBlock(commandId, command.Text, command.Author, line, null));
    }

    public void Completed(string commandId, int end)
    {
        var index = blocks.FindLastIndex(block => block.CommandId == commandId);
        if (index >= 0 && blocks[index].End is null)
            blocks[index] = blocks[index] with { End = end };
    }

    /// <summary>The block that has this line.</summary>
    public CommandBlock? At(int line) => blocks.Count > 0 && LastAtOrBefore(line) is { } index && (blocks[index].End ?? int.MaxValue) > line ? blocks[index] : null;

    /// <summary>The last one that begins before this line.</summary>
    public CommandBlock? Before(int line) => LastAtOrBefore(line - 1) is { } index ? blocks[index] : null;

    /// <summary>The first one that begins after this line.</summary>
    public CommandBlock? After(int line)
    {
        var index = LastAtOrBefore(line) is { } before ? before + 1 : 0;
        return index < blocks.Count ? blocks[index] : null;
    }

    public IReadOnlyList<CommandBlock> All() => [.. blocks];

    private int? LastAtOrBefore(int line)
    {
        var (low, high) = (0, blocks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (blocks[middle].Line <= line)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? null : low - 1;
    }
}
