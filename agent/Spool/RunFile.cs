using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>What the next agent has to know about a run: <c>run.json</c> beside its spool files.</summary>
/// <param name="LastInstruction">See <see cref="AttachRequest.LastInstruction"/>.</param>
/// <param name="WasAttached">Its session knows it: what it holds may be part of a transcript.</param>
/// <param name="UnwantedSince">The server does not want it, and it is kept for a while.</param>
internal sealed record RunFile(
    string SessionId, int Run, string Debugger, DateTimeOffset StartedAt, long LastInstruction, bool WasAttached = false, DateTimeOffset? UnwantedSince = null)
{
    private const string FileName = "run.json";

    public void Save(string folder) => PrivateFolder.ReplaceFile(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Options));

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static RunFile? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<RunFile>(File.ReadAllBytes(path), WireJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
