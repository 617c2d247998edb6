using OrleansKd.Grains.Abstractions.Mail;

namespace OrleansKd.Grains.Mail;

/// <summary>When a mail is tried, and what becomes of it. Pure.</summary>
internal static class MailOutboxRules
{
    /// <summary>A caller's bug, not a person's mistake: nothing like it can be queued.</summary>
    public static void Check(MailOrder order)
    {
        if (order.Id.Length is 0 or > MailLimits.IdCharacters)
            throw new ArgumentException($"The id of a mail must have 1 to {MailLimits.IdCharacters} characters; '{order.Id}' has {order.Id.Length}.", nameof(order));
        if (Characters(order.Values, order.ToEmail, order.ToName) is var characters and > MailLimits.OrderCharacters)
            throw new ArgumentException($"Mail {order.Id} has {characters} characters; {MailLimits.OrderCharacters} is the most.", nameof(order));
    }

    public static MailStatus StatusOf(MailOutboxState state, string id)
    {
        if (Array.Exists(state.Waiting, mail => mail.Id == id))
            return MailStatus.Waiting;
        return Array.Find(state.Finished, mail => mail.Id == id) switch
        {
            null => MailStatus.None,
            { Refusal: null } => MailStatus.Sent,
            _ => MailStatus.Refused,
        };
    }

    public static bool HasRoomFor(MailOutboxState state, MailOrder order) =>
        state.Waiting.Length < MailLimits.Waiting
        && state.Waiting.Sum(mail => Characters(mail.Values, mail.ToEmail, mail.ToName)) + Characters(order.Values, order.ToEmail, order.ToName) <= MailLimits.WaitingCharacters;

    public static MailOutboxState Queue(MailOutboxState state, MailOrder order, DateTimeOffset now) => state with
    {
        Waiting = [.. state.Waiting, new WaitingMail(order.Id, order.Kind, order.ToEmail, order.ToName, order.Values, now, 0, now)],
    };

    /// <summary>The first that is due.</summary>
    public static WaitingMail? Due(MailOutboxState state, DateTimeOffset now) => Array.Find(state.Waiting, mail => mail.NextAt <= now);

    public static DateTimeOffset? NextAt(MailOutboxState state) => state.Waiting.Length == 0 ? null : state.Waiting.Min(mail => mail.NextAt);

    public static MailOutboxState After(MailOutboxState state, string id, MailResult result, DateTimeOffset now, MailOutboxOptions options)
    {
        if (!result.IsFinal)
            return state with { Waiting = [.. state.Waiting.Select(mail => mail.Id == id ? mail with { Attempts = mail.Attempts + 1, NextAt = now + PauseAfter(mail.Attempts, options) } : mail)] };
        var refusal = result.IsSent ? null : result.Reason is { Length: > MailLimits.ReasonCharacters } reason ? reason[..MailLimits.ReasonCharacters] : result.Reason ?? "";
        return new MailOutboxState
        {
            Waiting = [.. state.Waiting.Where(mail => mail.Id != id)],
            Finished = [.. state.Finished.TakeLast(MailLimits.Remembered - 1), new FinishedMail(id, refusal)],
        };
    }

    /// <summary>Doubles with every attempt up to the longest.</summary>
    public static TimeSpan PauseAfter(int attempts, MailOutboxOptions options)
    {
        // Far enough for any pause that the options allow, and no overflow.
        var pause = options.FirstPause * Math.Pow(2, Math.Min(attempts, 30));
        return pause < options.LongestPause ? pause : options.LongestPause;
    }

    private static int Characters(Dictionary<string, string> values, string email, string name) =>
        email.Length + name.Length + values.Sum(value => value.Key.Length + value.Value.Length);
}
