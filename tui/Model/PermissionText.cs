using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>Permissions and decisions about them in words; text from elsewhere is made visible by whoever shows it.</summary>
internal static class PermissionText
{
    public static string Of(Permission permission) => permission is Permission.Host ? "Host Sessions" : "Join Sessions";

    public static string Of(Permission[] permissions) => permissions.Length == 0 ? "none" : string.Join(" and ", permissions.Select(Of));

    public static string Held(AccountSummary me) =>
        $"{(me.MayHost ? "may host sessions" : "may not host sessions")}, {(me.MayJoin ? "may join sessions" : "may not join sessions")}{(me.IsAdministrator ? ", administrator" : "")}";

    public static string Of(PermissionAction action) => action switch
    {
        PermissionAction.Requested => "asked for",
        PermissionAction.Approved => "approved",
        PermissionAction.Denied => "denied",
        PermissionAction.TakenAway => "took away",
        PermissionAction.Appointed => "appointed",
        PermissionAction.Dismissed => "dismissed",
        PermissionAction.Rebound => "bound anew",
        _ => action.ToString(),
    };

    /// <summary>What the client tells somebody beside everything else (rule A2): who waits for them, and what was decided about them.</summary>
    public static IEnumerable<string> Notices(AccountSummary me)
    {
        if (me.WaitingRequests > 0)
            yield return $"{me.WaitingRequests} {(me.WaitingRequests == 1 ? "person waits" : "people wait")} for your decision: orleanskd permissions list";
        if (me.LastDecision is { } decision)
            yield return Decision(decision);
    }

    /// <summary>The user's permissions, what they wait for, and what was decided last: a line each.</summary>
    public static IEnumerable<string> Own(PermissionsSummary own)
    {
        yield return own.Organization is { } organization
            ? $"{organization}: you have {Of(own.Permissions)}{(own.IsAdministrator ? ", and are an administrator" : "")}"
            : "You belong to no organization of this server: you may join the sessions that you are invited to, and can't host.";
        if (own.Request is { } request)
            yield return $"You wait for {Of(request.Permissions)} since {At(request.At)}";
        if (own.LastDecision is { } decision)
            yield return Decision(decision);
    }

    /// <summary>How long a decision is news.</summary>
    private static readonly TimeSpan NewsLast = TimeSpan.FromDays(1);

    /// <summary>The one thing that the terminal client shows beside everything else; null when nothing is new.</summary>
    public static string? News(AccountSummary me, DateTimeOffset now) =>
        Notices(me with { LastDecision = me.LastDecision is { } decision && now - decision.At < NewsLast ? decision : null }).FirstOrDefault();

    /// <summary>A decision as the person whom it concerns reads it.</summary>
    public static string Decision(PermissionLogItem decision)
    {
        var reason = decision.Reason is null ? "" : $": {decision.Reason}";
        var what = decision.Action switch
        {
            PermissionAction.Appointed => "made you an administrator",
            PermissionAction.Dismissed => "ended your being an administrator",
            PermissionAction.Rebound => "let your address be bound to another sign-in",
            _ => $"{Of(decision.Action)} {Of(decision.Permissions)}",
        };
        return $"{decision.By.Name} {what} at {At(decision.At)}{reason}";
    }

    public static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
