using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;

namespace OrleansKd.Grains.Sessions;

internal sealed partial class SessionGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} is hosted.")]
    private partial void LogHosted(SessionId session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} is active here: epoch {Epoch}, log up to {Sequence}.")]
    private partial void LogActivated(SessionId session, long epoch, long sequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: a write to its log failed; this activation ends and the next one reads the log.")]
    private partial void LogWriteFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: what was not durable at the end of this activation is asked of the agent again.")]
    private partial void LogFlushFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: its snapshot could not be written; the log is complete, and the next activation reads more of it.")]
    private partial void LogSnapshotFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: its log could not be compacted; it is whole, and this is tried again in a minute.")]
    private partial void LogCompactionFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}: entries {First} to {Last} of its log can't be read; the session goes on without them, and without its invitations.")]
    private partial void LogDamaged(Exception exception, SessionId session, long first, long last);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}: its log is damaged and stays as it is, without being compacted.")]
    private partial void LogNotCompacted(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: somebody could not be told yet of entry {Sequence}; it is tried again.")]
    private partial void LogTellingFailed(Exception exception, SessionId session, long sequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: somebody's list could not be told yet that the session changed; it is tried again.")]
    private partial void LogTellingListFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} is deleted; nothing of it is left.")]
    private partial void LogDeleted(SessionId session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: whether its reminder is there is not known; the next activation looks again.")]
    private partial void LogNoReminder(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: its deletion was interrupted; it goes on by itself.")]
    private partial void LogDeletionFailed(Exception exception, SessionId session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}: agent instance {AgentInstance} attached to run {Run}, chunks up to {Chunk} are here.")]
    private partial void LogAgentAttached(SessionId session, string agentInstance, int run, long chunk);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}: the debugger of run {Run} is started, to open it again.")]
    private partial void LogStartedAgain(SessionId session, int run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: the agent has been unreachable for {Seconds:F0} seconds.")]
    private partial void LogAgentLost(SessionId session, double seconds);
}
