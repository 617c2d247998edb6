namespace OrleansKd.Contracts;

/// <summary>
/// What has changed for one account: its summary, and lines of its list of sessions. Every change has a number, which only grows, and a cursor
/// says how far a reader has come; so whoever asks for what follows their last cursor misses nothing: late, after a cut, or at another server.
/// </summary>
/// <param name="Next">The cursor to ask with next: digits and a full stop, up to <see cref="Limits.FeedCursorLength"/> characters.</param>
/// <param name="IsBeginning">Everything known before is to be forgotten: the reader began, or is too far behind.</param>
/// <param name="Account">Null: as it was.</param>
/// <param name="Sessions">Lines that are new or have changed.</param>
/// <param name="Removed">Ids of sessions that are not in the list any more.</param>
/// <param name="HasMore">The rest is there already: ask again at once.</param>
public sealed record FeedPage(string Next, bool IsBeginning, AccountSummary? Account, SessionSummary[] Sessions, string[] Removed, bool HasMore = false);
