using System.Text.Json;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>
/// Debuggers' arguments that have secrets: the server knows them masked, and opening a session again needs them whole (rule B8). A private
/// file for each session through a server, until the session is terminated.
/// </summary>
internal sealed class KeptArguments(SpoolRoot root, TimeProvider time)
{
    /// <summary>A closed session is terminated after 60 days (rule F7); longer than that nobody can need them.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    /// <summary>Sessions whose arguments are kept, for the server to say which of them are terminated.</summary>
    public string[] Sessions => [.. Directory.EnumerateFiles(root.Sessions, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Take(Limits.KeptSessions)];

    public void Keep(string sessionId, string masked, string arguments) =>
        PrivateFolder.ReplaceFile(PathOf(sessionId), JsonSerializer.SerializeToUtf8Bytes(new Content(masked, arguments), WireJson.Options));

    /// <summary>The whole arguments; null when these masked ones are not known here.</summary>
    public string? Find(string sessionId, string masked)
    {
        if (!File.Exists(PathOf(sessionId)))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Content>(File.ReadAllBytes(PathOf(sessionId)), WireJson.Options) is { } content && content.Masked == masked ? content.Arguments : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Forget(string sessionId) => File.Delete(PathOf(sessionId));

    /// <summary>Forgets what is too old to be needed.</summary>
    public void ForgetOld()
    {
        foreach (var path in Directory.GetFiles(root.Sessions).Where(path => time.GetUtcNow() - File.GetLastWriteTimeUtc(path) > KeptFor))
            File.Delete(path);
    }

    private string PathOf(string sessionId) => Path.Combine(root.Sessions, SessionId.Parse(sessionId) + ".json");

    private sealed record Content(string Masked, string Arguments);
}
