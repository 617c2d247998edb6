using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Users;

/// <summary>A feed's cursor and pages on the wire. A cursor is the version; while somebody reads a long feed from its beginning, also the one then.</summary>
internal static class FeedText
{
    public static Outcome<FeedPosition> Parse(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return default(FeedPosition);
        var parts = cursor.Split('.');
        if (cursor.Length <= Limits.FeedCursorLength && parts.Length <= 2 && TryParse(parts[0], out var version))
        {
            if (parts.Length == 1)
                return new FeedPosition(version, 0);
            if (TryParse(parts[1], out var begun))
                return new FeedPosition(version, begun);
        }
        return new Refusal(ProblemCodes.InvalidRequest, "'after' must be the cursor that a page before named as its 'next'; without one, the feed comes from its beginning.");
    }

    public static string Format(FeedPosition position) => position.Begun == 0
        ? position.Version.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{position.Version}.{position.Begun}");

    public static FeedPage ToWire(UserFeedPage page) => new(
        Format(page.Next),
        page.IsBeginning,
        page.Account is { } account ? UserApi.ToSummary(account, page.WaitingRequests) : null,
        [.. page.Sessions.Select(Sessions.SessionMapping.ToSummary)],
        page.Removed,
        page.HasMore);

    private static bool TryParse(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
