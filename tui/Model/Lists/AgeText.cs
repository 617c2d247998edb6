using System.Globalization;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>Instants as lists show them: how far they are from now, in one unit.</summary>
internal static class AgeText
{
    /// <summary>How long it lasts, at most six characters up to a hundred days: <c>5 min</c>, <c>23 h</c>, <c>6 d</c>.</summary>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => "<1 min",
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d"),
    };

    /// <summary>A clock that is behind the server's makes nothing of the future.</summary>
    public static string Since(DateTimeOffset at, DateTimeOffset now) => now - at is { TotalMinutes: >= 1 } age ? $"{Of(age)} ago" : "just now";

    /// <summary>The instant in the user's own time zone.</summary>
    public static string At(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
