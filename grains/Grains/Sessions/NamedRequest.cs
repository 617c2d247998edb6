using System.Security.Cryptography;
using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// A request that its caller named by a key. The entry that it made carries the name, so what was done and that it was done are one write: a
/// repeat finds it, also after a failover, and a request that made no entry has done nothing.
/// </summary>
/// <param name="Name">Hash of caller and key: two people's keys never meet.</param>
/// <param name="About">Hash of what was asked for.</param>
internal sealed record RequestName(string Name, string About)
{
    /// <summary>Characters of both: 128 bits.</summary>
    private const int HashLength = 32;

    /// <summary>Null without a key.</summary>
    /// <param name="text">What was asked for, as it may be stored: without secrets.</param>
    public static Outcome<RequestName>? Of(CallerId caller, string? key, string operation, string? text) => key is null
        ? null
        : RequestKeys.Check(key) is { } malformed
            ? malformed
            : new RequestName(Hash($"{caller}\n{key}"), Hash($"{operation}\n{text}"));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}

/// <summary>A named request that was done.</summary>
/// <param name="Id">Of the command or suggestion that it made.</param>
/// <param name="Sequence">Of the entry that carries its name.</param>
internal sealed record NamedRequest(string Name, string About, string? Id, long Sequence)
{
    public static Session Fold(Session session, SessionLogEntry entry, SessionLogEntryBody body) => body is { RequestName: { } name, RequestAbout: { } about }
        ? session with { NamedRequests = [.. session.NamedRequests.TakeLast(Limits.RequestKeysKept - 1), new NamedRequest(name, about, body.CommandId ?? body.SuggestionId, entry.Sequence)] }
        : session;

    /// <summary>Null when the request has no name or was not done yet.</summary>
    public static Outcome<NamedRequest>? FindRepeat(Session session, Outcome<RequestName>? request) => request switch
    {
        null => null,
        { Refusal: { } malformed } => malformed,
        { Value: var name } when Array.Find(session.NamedRequests, done => done.Name == name!.Name) is { } found => found.About == name!.About ? found : RequestKeys.Reused,
        _ => null,
    };
}
