using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// When a transcript is complete: the session is terminated, and the end of its debugger, which follows, is in it.
/// </summary>
internal sealed class TranscriptEnd(SessionDetails details)
{
    private bool isRunning = details.Summary.Debugger != DebuggerState.Exited;

    public bool IsTerminated { get; private set; } = details.Summary.State == SessionState.Terminated;

    public void Apply(TranscriptEntry entry)
    {
        IsTerminated |= entry.Kind == TranscriptEntryKind.SessionTerminated;
        isRunning = entry.Kind switch
        {
            TranscriptEntryKind.RunStarted => true,
            TranscriptEntryKind.RunExited => false,
            _ => isRunning,
        };
    }

    /// <summary>Nothing follows after this sequence any more.</summary>
    public bool IsReached(long position) => IsTerminated && !isRunning && position >= details.DurableThrough;
}
