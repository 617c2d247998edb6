using Orleans.Concurrency;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Sessions;

/// <summary>
/// One shared debugging session; key: text of a <see cref="SessionId"/>. Rule methods run one at a time and commit by their log
/// entry. The methods marked <c>[AlwaysInterleave]</c> touch only the tail, the waiters and the agent's lane, so that they
/// answer while a rule waits for storage.
/// A call to a silo that dies is answered only by its timeout, so every method has a short one:
/// two seconds more than it waits.
/// </summary>
[Alias("OrleansKd.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Starts the debugger through its computer's agent and, when it runs, begins the log.</summary>
    [Alias("Host"), ResponseTimeout("00:00:30")]
    Task<Outcome<SessionView>> Host(UserId caller, HostSession request);

    /// <summary>The session as <paramref name="caller"/> may see it.</summary>
    [Alias("View"), ResponseTimeout("00:00:05")]
    Task<Outcome<SessionView>> View(UserId caller);

    [Alias("Invite"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Invite(UserId caller, Person[] people);

    /// <summary>The host takes an invitation back; the place is free.</summary>
    /// <param name="client">E-mail address or text of the <see cref="UserId"/> of somebody who is invited.</param>
    [Alias("Revoke"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Revoke(UserId caller, string client);

    /// <summary>A client declines the invitation, or leaves for good once they have opened the session; the place is free.</summary>
    [Alias("Leave"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Leave(UserId caller);

    [Alias("EnterCommand"), ResponseTimeout("00:00:10")]
    Task<Outcome<CommandEntered>> EnterCommand(UserId caller, string text);

    [Alias("Close"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Close(UserId caller);

    [Alias("Reopen"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Reopen(UserId caller);

    [Alias("Terminate"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Terminate(UserId caller, TargetFate? target);

    /// <summary>
    /// What this person may do has changed: the session asks their account and draws the consequences (rule A4). It carries no answer of
    /// its own, so that calls that are late or repeated do no harm. When it returns, the consequences are durable.
    /// </summary>
    [Alias("PermissionsChanged"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> PermissionsChanged(UserId person);

    /// <summary>A Break or control key, on a lane of its own: neither queue nor storage hold it up; recorded at the same time (rule E4).</summary>
    [Alias("Press"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<Done>> Press(UserId caller, KeyPress press);

    /// <summary>Which of these may not read the session now: asked at joining. While they watch, reads carry the same question (rule I6).</summary>
    [Alias("ProveReaders"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<UserId[]>> ProveReaders(UserId[] readers);

    /// <summary>
    /// Entries after <paramref name="cursor"/>, at once or within its wait. What is older than the memory tail is read from the log.
    /// </summary>
    [Alias("Read"), AlwaysInterleave, ResponseTimeout("00:00:06")]
    Task<Outcome<SessionPage>> Read(ReadCursor cursor);

    /// <summary>The agent's connection joins its run.</summary>
    [Alias("AttachAgent"), ResponseTimeout("00:00:05")]
    Task<Outcome<AgentAttached>> AttachAgent(AgentAttach attach);

    /// <summary>
    /// Takes chunks into the tail and answers as soon as they are there, not when they are durable. Waits while 4 MB are not
    /// durable. Refused with <c>out-of-step</c>: attach again.
    /// </summary>
    [Alias("Append"), AlwaysInterleave, ResponseTimeout("00:00:06")]
    Task<Outcome<ChunksAccepted>> Append(AgentChunks chunks);

    /// <summary>How full the agent's spool is; recorded when it is news. Neither queue nor storage hold it up.</summary>
    [Alias("ReportSpool"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<Done>> ReportSpool(AgentSpool spool);

    /// <summary>What comes down to the agent: durable position, instructions, control signals; at once or within the wait.</summary>
    [Alias("ReadAgentLane"), AlwaysInterleave, ResponseTimeout("00:00:06")]
    Task<Outcome<AgentLane>> ReadAgentLane(AgentCursor cursor);
}
