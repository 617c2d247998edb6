namespace OrleansKd.Contracts;

/// <summary>Limits that people meet, each with the rule of the product or the reason it comes from.</summary>
public static class Limits
{
    /// <summary>Invited clients of one session at any time (rule C2).</summary>
    public const int InvitedClients = 10;

    /// <summary>
    /// Different people who are ever invited to one session: their invitations go when it is deleted, so it remembers them all. Fifty times
    /// as many as it has places, and a tenth of what a snapshot of the session may take.
    /// </summary>
    public const int PeopleEverInvited = 500;

    /// <summary>
    /// Changes of a session's people of whom somebody has not been told yet. More than ten clients that come and go a few times; at the
    /// limit the storage has been failing for a while, and nobody else is invited until it works.
    /// </summary>
    public const int UntoldChanges = 100;

    /// <summary>Characters of a session's name (rule B5).</summary>
    public const int SessionNameLength = 100;

    /// <summary>Characters of a session's description (rule B5).</summary>
    public const int SessionDescriptionLength = 4_000;

    /// <summary>Characters of one command: what KD takes (rule E6).</summary>
    public const int CommandLength = 4_096;

    /// <summary>Commands that may wait for the debugger (rule E3).</summary>
    public const int QueuedCommands = 100;

    /// <summary>Commands that one request enters: they must fit into the queue.</summary>
    public const int CommandsAtOnce = QueuedCommands;

    /// <summary>Characters of the debugger's arguments: what a Windows command line holds at most.</summary>
    public const int ArgumentsLength = 32_000;

    /// <summary>Characters of a path: Linux' PATH_MAX.</summary>
    public const int DebuggerLocationLength = 4_096;

    /// <summary>Characters of an e-mail address (RFC 5321).</summary>
    public const int EmailLength = 254;

    /// <summary>Characters of the reason that goes with a request or decision about permissions: a few sentences.</summary>
    public const int ReasonLength = 500;

    /// <summary>Lines of an organization's log that one answer holds.</summary>
    public const int PermissionLogItems = 100;

    /// <summary>
    /// Computers of one user that are remembered, the newest: machines that live for a day don't fill an account. One that was forgotten is there again
    /// as soon as its agent connects.
    /// </summary>
    public const int ComputersOfUser = 100;

    /// <summary>Characters of a computer's name (the longest DNS name).</summary>
    public const int ComputerNameLength = 253;

    /// <summary>Bytes of one chunk of output: half of SignalR's default message size, so that framing always fits.</summary>
    public const int ChunkBytes = 16 * 1024;

    /// <summary>
    /// Chunks on their way to the server that are not accepted yet. A hub stalls the whole connection once its stream
    /// buffer (10 items) is full; 8 keeps it free for everything else.
    /// </summary>
    public const int ChunkWindow = 8;

    /// <summary>Bytes of pages that a follower may hold without having acknowledged them.</summary>
    public const int FollowWindowBytes = 1024 * 1024;

    /// <summary>Bytes of one transcript page, so that buffers stay below the large object heap.</summary>
    public const int PageBytes = 64 * 1024;

    /// <summary>Characters of the id that a caller gives a Break or control key: a GUID in any form.</summary>
    public const int SignalIdLength = 64;

    /// <summary>Characters of an <see cref="RequestHeaders.IdempotencyKey"/>: a GUID in any form.</summary>
    public const int RequestKeyLength = 64;

    /// <summary>
    /// Newest keys that one session, and for hosting one account, remembers: far more than a program has requests without an answer, and a
    /// hundredth of what a snapshot of the session may take.
    /// </summary>
    public const int RequestKeysKept = 256;

    /// <summary>Sessions of one page of a user's list, also when none are asked for: more than people have, and an answer within a moment.</summary>
    public const int SessionPageItems = 500;

    /// <summary>
    /// Sessions in one user's list, hosted or invited to: a hundred for each day that terminated ones are kept. Their ids are in one stored row,
    /// which holds half as many again, so those who invite at the same moment need not know of one another.
    /// </summary>
    public const int ListedSessions = 9_000;

    /// <summary>Lines of one page of a user's feed.</summary>
    public const int FeedPageItems = 100;

    /// <summary>Characters of a feed's cursor: two numbers of 64 bits.</summary>
    public const int FeedCursorLength = 40;

    /// <summary>Bytes of one page of a user's feed, roughly: descriptions may be long. A page has one line at least.</summary>
    public const int FeedPageBytes = 128 * 1024;

    /// <summary>Longest wait for a change of a user's feed; proxies end connections that are silent for a minute, some for half of one.</summary>
    public static readonly TimeSpan FeedWait = TimeSpan.FromSeconds(20);

    /// <summary>Members of one page of an organization, also when none are asked for: at 100 bytes each a small answer, and few have more.</summary>
    public const int MemberPageItems = 500;

    /// <summary>Sessions about which an agent asks at once: more than anybody has closed and not terminated.</summary>
    public const int KeptSessions = 100;

    /// <summary>How long a debugger may take to its end after a quit word, before the transcript says that it had no effect (rule F5).</summary>
    public static readonly TimeSpan QuitEffect = TimeSpan.FromSeconds(10);

    /// <summary>How long a Break or control key may be on its way before it is refused instead of acted on (rule E4).</summary>
    public static readonly TimeSpan ControlSignalLifetime = TimeSpan.FromSeconds(5);

    /// <summary>How long a debugger may take to its first prompt or waiting banner (rule B2).</summary>
    public static readonly TimeSpan DebuggerStart = TimeSpan.FromSeconds(10);

    /// <summary>How long an agent may be unreachable before queued commands are cancelled (rule E3).</summary>
    public static readonly TimeSpan AgentUnreachable = TimeSpan.FromSeconds(10);

    /// <summary>How long clients see a terminated session (rule F8).</summary>
    public static readonly TimeSpan TerminatedVisibleToClients = TimeSpan.FromDays(7);

    /// <summary>Characters of a <see cref="ViewerPlace"/>'s id.</summary>
    public const int PlaceIdLength = 100;

    /// <summary>Characters of a note.</summary>
    public const int NoteLength = 4_000;

    /// <summary>Suggested commands of a session that were neither run nor dismissed.</summary>
    public const int OpenSuggestions = 20;

    /// <summary>Notes and suggestions of one person in one session within a minute.</summary>
    public const int NotesPerMinute = 20;

    /// <summary>Nothing is shown to, or done for, somebody whose right was not proved within this time (rule I6).</summary>
    public static readonly TimeSpan ProofLasts = TimeSpan.FromSeconds(5);

    /// <summary>Service tokens of one user that have not ended: one for each computer, and some for scripts. They are in the account's own row.</summary>
    public const int Tokens = 100;

    /// <summary>Characters of a service token's name.</summary>
    public const int TokenNameLength = 100;

    /// <summary>Days that a service token lasts at most: what nobody renews within a year, nobody watches.</summary>
    public const int TokenDays = 366;

    /// <summary>Days that a service token lasts when nobody says how long.</summary>
    public const int TokenDaysByDefault = 90;
}
