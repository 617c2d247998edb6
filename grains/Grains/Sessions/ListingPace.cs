namespace OrleansKd.Grains.Sessions;

/// <summary>
/// When people's lists are told of a session's changes: the first at once, those that follow soon together half a second later, and when that
/// goes on all the time, every few seconds. So what people do shows at once, and what a program does costs a bounded number of calls.
/// </summary>
internal sealed class ListingPace(TimeProvider time)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two in the long run; and for what nobody waits for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>How many may follow one another sooner: somebody who steps through code for half a minute.</summary>
    public const int Burst = 30;

    private ListingNews wanted;
    private long? toldAt;

    // One more for each Longest that passes.
    private double credit = Burst;

    /// <summary>How long to wait still; null: there is nothing to tell.</summary>
    public TimeSpan? Left
    {
        get
        {
            if (wanted is ListingNews.None)
                return null;
            if (toldAt is not { } at)
                return TimeSpan.Zero;
            var since = time.GetElapsedTime(at);
            var left = (wanted is ListingNews.Urgent && credit + since / Longest >= 1 ? Shortest : Longest) - since;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void Want(ListingNews news) => wanted = news > wanted ? news : wanted;

    public void Told()
    {
        if (toldAt is { } at)
            credit = Math.Min(Burst, credit + time.GetElapsedTime(at) / Longest);
        credit = Math.Max(0, credit - 1);
        (wanted, toldAt) = (ListingNews.None, time.GetTimestamp());
    }
}
