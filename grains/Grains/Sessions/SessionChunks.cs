using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;

namespace OrleansKd.Grains.Sessions;

/// <summary>What an agent's chunk becomes in the log.</summary>
internal static class SessionChunks
{
    /// <summary>The entries of one chunk that is not output. Empty: it concerns nothing that the session knows.</summary>
    public static NewEntry[] Entries(Session session, StoredChunk chunk)
    {
        var report = chunk.Report ?? new AgentReport();
        return chunk.Kind switch
        {
            AgentChunkKind.StateChanged when report.State is { } state => state == session.Debugger && (report.Text ?? session.Prompt) == session.Prompt
                ? []
                : [new(SessionLogEntryKind.DebuggerStateChanged, new SessionLogEntryBody { Debugger = state, Text = report.Text })],
            AgentChunkKind.CommandStarted => Command(session, SessionLogEntryKind.CommandStarted, report),
            AgentChunkKind.CommandCompleted => Command(session, SessionLogEntryKind.CommandCompleted, report),
            AgentChunkKind.CommandCancelled => Command(session, SessionLogEntryKind.CommandCancelled, report),
            AgentChunkKind.Gap => [new(SessionLogEntryKind.Gap, new SessionLogEntryBody { Bytes = report.Bytes, Text = report.Text })],
            AgentChunkKind.KeyRefused => [new(SessionLogEntryKind.KeyRefused, new SessionLogEntryBody { Key = report.Key, Text = report.Text })],
            AgentChunkKind.RunExited => RunExited(session, report),
            AgentChunkKind.TargetLetGo => LifecycleRules.AfterTargetLetGo(session, report.Text),
            _ => [],
        };
    }

    private static NewEntry[] RunExited(Session session, AgentReport report)
    {
        var end = report.End ?? (report.Signal is not null ? RunEnd.Signalled : report.ExitCode is not null ? RunEnd.Exited : RunEnd.AgentDied);
        return
        [
            .. SessionRules.CancelAll(session, "the debugger has exited"),
            new(SessionLogEntryKind.RunExited, new SessionLogEntryBody
            {
                Run = session.Run,
                End = end,
                ExitCode = report.ExitCode,
                Signal = report.Signal,
                Text = report.Text,
                Target = report.Target,
            }),
            .. LifecycleRules.AfterRunExited(session, new EndedRun(end, report.Signal, report.Text, report.Target)),
        ];
    }

    /// <summary>A started command carries its text and author again, so that a reader who begins in the middle can show it.</summary>
    private static NewEntry[] Command(Session session, SessionLogEntryKind kind, AgentReport report) =>
        session.Commands.FirstOrDefault(command => command.Id == report.CommandId) is not { } command
            ? []
            : [new(kind, kind is SessionLogEntryKind.CommandStarted
                ? new SessionLogEntryBody { CommandId = command.Id, Text = command.Text, Author = command.Author }
                : new SessionLogEntryBody { CommandId = command.Id, Text = report.Text })];
}
