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
/// A <c>key</c> names a request, as <see cref="RequestHeaders.IdempotencyKey"/> says; null: it has no name, and a repeat is another request.
/// </summary>
[Alias("OrleansKd.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Starts the debugger through its computer's agent and, when it runs, begins the log. Again, by its host: the session as it is.</summary>
    [Alias("Host"), ResponseTimeout("00:00:30")]
    Task<Outcome<SessionView>> Host(CallerId caller, HostSession request);

    /// <summary>The session as <paramref name="caller"/> may see it.</summary>
    [Alias("View"), ResponseTimeout("00:00:05")]
    Task<Outcome<SessionView>> View(CallerId caller);

    /// <summary>Its line in somebody's list: what is durable; null when they may not see it, or it is not there. Waits for nothing that this grain is doing.</summary>
    [Alias("ViewListed"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<ListedSession?> ViewListed(UserId reader);

    [Alias("Invite"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Invite(CallerId caller, Person[] people, string? key = null);

    /// <summary>The host takes an invitation back; the place is free.</summary>
    /// <param name="client">E-mail address or text of the <see cref="UserId"/> of somebody who is invited.</param>
    [Alias("Revoke"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Revoke(CallerId caller, string client);

    /// <summary>A client declines the invitation, or leaves for good once they have opened the session; the place is free.</summary>
    [Alias("Leave"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Leave(CallerId caller);

    [Alias("EnterCommand"), ResponseTimeout("00:00:10")]
    Task<Outcome<CommandEntered>> EnterCommand(CallerId caller, string text, string? key = null);

    /// <summary>Enters several commands, nobody else's between them, or none; the value is the last one's.</summary>
    [Alias("EnterCommands"), ResponseTimeout("00:00:10")]
    Task<Outcome<CommandEntered>> EnterCommands(CallerId caller, string[] texts, string? key = null);

    /// <summary>A note for everybody (rule E9).</summary>
    [Alias("AddNote"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> AddNote(CallerId caller, string text, string? key = null);

    /// <summary>Suggests a command to the host; the value is the suggestion's id.</summary>
    [Alias("SuggestCommand"), ResponseTimeout("00:00:10")]
    Task<Outcome<string>> SuggestCommand(CallerId caller, string text, string? key = null);

    /// <summary>Enters a suggested command in the caller's own name.</summary>
    /// <param name="text">As the caller edited it; null: as it was suggested.</param>
    [Alias("RunSuggestion"), ResponseTimeout("00:00:10")]
    Task<Outcome<CommandEntered>> RunSuggestion(CallerId caller, string suggestionId, string? text, string? key = null);

    [Alias("DismissSuggestion"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> DismissSuggestion(CallerId caller, string suggestionId);

    /// <param name="target">See <see cref="CloseSessionRequest"/>.</param>
    [Alias("Close"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Close(CallerId caller, TargetFate? target = null, string? key = null);

    /// <summary>
    /// Opens a closed session again; when its debugger has left, through a new run on one of the host's computers, which takes as long as
    /// <see cref="Host"/>. It interleaves, because nobody else may wait for that; what it decides at the end is decided on what is so then.
    /// </summary>
    [Alias("Reopen"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<Outcome<Done>> Reopen(CallerId caller, ReopenSession? request = null, string? key = null);

    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Change(CallerId caller, SessionChange change);

    [Alias("Terminate"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Terminate(CallerId caller, TargetFate? target);

    /// <summary>
    /// Deletes a terminated session with everything that belongs to it, for everybody and for ever (rule F7). When it returns, nobody sees the
    /// session any more, and what is left of it goes by itself.
    /// </summary>
    [Alias("Delete"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Delete(CallerId caller);

    /// <summary>Gives the invited client with this address a right (rule E7).</summary>
    [Alias("Grant"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Grant(CallerId caller, string email, OperatorRight right);

    /// <summary>Takes it away, also from commands that wait.</summary>
    [Alias("Ungrant"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> Ungrant(CallerId caller, string email);

    /// <summary>Asks the agent to cancel a command unless it has started; the outcome is an entry.</summary>
    [Alias("RemoveCommand"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> RemoveCommand(CallerId caller, string commandId);

    /// <summary>
    /// What this person may do has changed: the session asks their account and draws the consequences (rule A4). It carries no answer of
    /// its own, so that calls that are late or repeated do no harm. When it returns, the consequences are durable.
    /// </summary>
    [Alias("PermissionsChanged"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> PermissionsChanged(UserId person);

    /// <summary>A Break or control key, on a lane of its own: neither queue nor storage hold it up; recorded at the same time (rule E4).</summary>
    [Alias("Press"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<Done>> Press(CallerId caller, KeyPress press);

    /// <summary>
    /// Whether somebody may watch now, and from where (rule D2). While they watch, reads carry the same question (rule I6), and tell those
    /// who joined from another computer meanwhile.
    /// </summary>
    [Alias("Join"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<Done>> Join(ReaderJoin join);

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
