using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>What works on a transcript's lines: keeping, marking and finding them.</summary>
public sealed class TranscriptToolsTests
{
    private readonly Lines lines = new();

    [Fact]
    public void Selection_HasItsTextInWhicheverDirectionItWasMade()
    {
        lines.Prints("first line\nsecond line\nthird line\n");
        var selection = new TextSelection(lines.Transcript);
        selection.Begin(new TextPlace(2, 5));
        selection.ExtendTo(new TextPlace(0, 6));
        Assert.Equal("line\nsecond line\nthird", selection.Text(out var isCut));
        Assert.False(isCut);
        Assert.Equal((0, 11), selection.In(1, 11));
        Assert.Equal((0, 0), selection.In(3, 11));
        selection.SelectWord(new TextPlace(1, 8));
        Assert.Equal("line", selection.Text(out _));
        selection.Clear();
        Assert.True(selection.IsEmpty);
        selection.ExtendLines(-1, from: 2);
        selection.ExtendLines(-1, from: 2);
        Assert.Equal("second line\nthird line\n", selection.Text(out _));
    }

    [Fact]
    public void Selection_WhenItIsMoreThanATerminalTakes_IsCutAndSaysSo()
    {
        lines.Prints(string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 6_000)));
        var selection = new TextSelection(lines.Transcript);
        selection.SelectLines(0, 6_000);
        Assert.Equal(TextSelection.CharactersLimit, selection.Text(out var isCut).Length);
        Assert.True(isCut);
    }

    [Theory]
    [InlineData("irp", false, 2, 2)]
    [InlineData("IRP", false, 1, 1)]
    [InlineData("a.", false, 0, 0)]
    [InlineData("a.", true, 3, 4)]
    [InlineData("^ir", true, 2, 2)]
    public async Task Search_CountsLinesAndHits(string pattern, bool isRegularExpression, int inLines, int hits)
    {
        lines.Prints("irp at 1\nalpha\nIRP again\nnothing\n");
        var search = new TranscriptSearch(lines.Transcript);
        search.Start(pattern, isRegularExpression);
        await Found(search, hits);
        Assert.Equal((inLines, hits), (search.LineCount, search.Hits));
    }

    [Fact]
    public async Task Search_GoesOnWithWhatComes_AndStepsAround()
    {
        lines.Prints("hit 0\nmiss\nhit 2\n");
        var search = new TranscriptSearch(lines.Transcript);
        search.Start("hit", false);
        await Found(search, 2);
        lines.Prints("miss\nhit 4\n");
        search.GoOn();
        await Found(search, 3);
        Assert.Equal([4, 2, 0, 4], new[] { search.Before(100), search.Before(4), search.Before(2), search.Before(0) }.Select(line => line!.Value));
        Assert.Equal([2, 4, 0], new[] { search.After(0), search.After(2), search.After(4) }.Select(line => line!.Value));
        Assert.Equal((2, 0), (search.OrdinalOf(2), search.OrdinalOf(1)));
        Assert.Equal([(0, 3)], search.In("hit 4"));
        search.Start("", false);
        Assert.False(search.IsOn);
        Assert.Empty(search.In("hit 4"));
    }

    [Theory]
    [InlineData("(", "Not a regular expression")]
    [InlineData(@"(a)\1", "Back references")]
    [InlineData("(?=a)", "looking around")]
    public void Search_WhenTheExpressionCanNotBeUsed_SaysWhy(string pattern, string why)
    {
        var search = new TranscriptSearch(lines.Transcript);
        search.Start(pattern, true);
        Assert.Contains(why, search.Problem, StringComparison.Ordinal);
        Assert.False(search.IsOn);
    }

    private static async Task Found(TranscriptSearch search, int hits)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        search.Changed += () =>
        {
            if (search.Hits == hits)
                found.TrySetResult();
        };
        if (search.Hits != hits)
            await found.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
