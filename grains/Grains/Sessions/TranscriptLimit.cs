using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// Rule I7: a transcript has a limit. Near it people are warned; at it nothing old is touched, output is left out and its bytes are
/// counted, and everything else goes on being recorded. Pure.
/// </summary>
/// <param name="Bytes">Of all entries, uncompressed (<see cref="SessionLogHead.Bytes"/>).</param>
internal readonly record struct TranscriptLimit(long Bytes)
{
    /// <summary>Room for any chunk, whatever its size: after the first that is left out no smaller one slips in behind it.</summary>
    private const int LargestOutput = Limits.ChunkBytes + SessionLogEntry.OverheadBytes;

    /// <summary>Whether output has to be left out of a transcript that holds <paramref name="held"/> bytes.</summary>
    public bool IsReached(long held) => held + LargestOutput > Bytes;

    /// <summary>Whether to warn: at 80 %, and once for each limit.</summary>
    public bool IsToWarn(Session session, long held) => held >= Bytes / 5 * 4 && session.WarnedOfLimit != Bytes;

    public NewEntry Warning(long held) => new(SessionLogEntryKind.TranscriptNearlyFull, new SessionLogEntryBody
    {
        Bytes = Bytes,
        Text = $"The transcript holds {Megabytes(held)} of at most {Megabytes(Bytes)}. At the limit further output is left out; to keep all of it, host a new session.",
    });

    public NewEntry LeftOut(long bytes) => new(SessionLogEntryKind.Gap, new SessionLogEntryBody
    {
        Bytes = bytes,
        Text = $"the transcript has reached its limit of {Megabytes(Bytes)}",
    });

    private static string Megabytes(long bytes) => $"{(bytes / 1e6).ToString("#,0.#", CultureInfo.InvariantCulture)} MB";
}
