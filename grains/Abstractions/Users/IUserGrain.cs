using Orleans.Concurrency;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;

namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>One account; key: text of <see cref="UserId"/>. Its lists are driven by the sessions, whose logs decide.</summary>
[Alias("OrleansKd.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Binds the account to issuer and subject at first, then checks that binding (rule A1).</summary>
    [Alias("SignIn")]
    Task<Outcome<Account>> SignIn(ProvenIdentity identity);

    /// <summary>The account as it is now; refused when nobody has signed in with this address. Waits for nothing that this grain is doing.</summary>
    [Alias("GetAccount"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<Account>> GetAccount();

    /// <summary>
    /// Takes over what the organization has decided; again is harmless. When it returns, it is durable, counts from then on, and goes to the
    /// user's sessions by itself (rule A4).
    /// </summary>
    [Alias("ApplyPermissions"), ResponseTimeout("00:00:05")]
    Task ApplyPermissions(PermissionOrder order);

    /// <summary>Puts a session into this user's list; again is harmless. The session hears what this user may not do.</summary>
    [Alias("AddSession")]
    Task AddSession(SessionRef session);

    /// <summary>Takes a session off this user's list; again is harmless.</summary>
    [Alias("RemoveSession")]
    Task RemoveSession(SessionRef session);

    /// <summary>
    /// The id of the session that this user hosts under a key: the same for the same key, whoever asks at the same time, so that a session is
    /// hosted once. Durable when it returns.
    /// </summary>
    /// <param name="about">Says what is to be hosted; another one under the same key is refused.</param>
    [Alias("ReserveSession")]
    Task<Outcome<SessionRef>> ReserveSession(string key, string about);

    [Alias("ListSessions")]
    Task<SessionRef[]> ListSessions();

    /// <summary>
    /// Lines of the list after a session's id, in the order of ids: what this grain has stored, so at once, however long nobody has asked for the
    /// sessions. What it says of each was the user's to see when the session told it last; whether the user may see more, the session decides.
    /// </summary>
    /// <param name="limit"><see cref="Limits.SessionPageItems"/> at most.</param>
    /// <param name="onlyComputer">As <see cref="CallerId.OnlyComputer"/>.</param>
    [Alias("ReadList"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<SessionListPage> ReadList(SessionRef? after, int limit, string? onlyComputer = null);

    /// <summary>
    /// What has changed for this user after the cursor, at once or within its wait. Refused with <c>not-signed-in</c> to anybody but the identity
    /// that the account is bound to. It waits for nothing else that this grain is doing, and what it brings is proved when it answers (rule I6).
    /// </summary>
    [Alias("ReadFeed"), AlwaysInterleave, ResponseTimeout("00:00:25")]
    Task<Outcome<UserFeedPage>> ReadFeed(FeedCursor cursor);

    /// <summary>
    /// Waits while the account is bound to this identity: refused with <c>not-signed-in</c> as soon as it is not (an administrator let another one
    /// have it), done when the wait is over or this activation ends. It waits for nothing else that this grain is doing.
    /// </summary>
    /// <param name="wait"><see cref="Limits.FeedWait"/> at most.</param>
    [Alias("StaysBound"), AlwaysInterleave, ResponseTimeout("00:00:25")]
    Task<Outcome<Done>> StaysBound(ProvenIdentity identity, TimeSpan wait);

    /// <summary>
    /// A session's line in the list may have changed: this grain asks the session what it is now. It carries no answer of its own, so that
    /// calls that are late or repeated do no harm, and one about a session that is not in the list does nothing. When it returns, the line is durable.
    /// </summary>
    [Alias("SessionChanged"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    Task SessionChanged(SessionRef session);

    /// <summary>Tells an administrator how many people wait; what is older than what they know is left.</summary>
    [Alias("ApplyWaiting"), ResponseTimeout("00:00:05")]
    Task ApplyWaiting(WaitingOrder order);

    /// <summary>Remembers a computer on which this user's agent runs (the newest <see cref="Limits.ComputersOfUser"/>); again is harmless.</summary>
    [Alias("AddComputer")]
    Task AddComputer(string computer);

    [Alias("ListComputers")]
    Task<string[]> ListComputers();

    /// <summary>
    /// Keeps a service token of the account's; the answer says when it ends. Refused when <see cref="Limits.Tokens"/> are kept, expired ones not
    /// counted.
    /// </summary>
    [Alias("MakeToken"), ResponseTimeout("00:00:10")]
    Task<Outcome<TokenView>> MakeToken(NewToken token);

    /// <summary>By the time at which they were made, also expired ones until others take their place.</summary>
    [Alias("ListTokens"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<TokenView[]> ListTokens();

    /// <summary>From the moment of the answer nothing is proved with it. One that is not there is refused with <c>token-not-found</c>.</summary>
    [Alias("RevokeToken"), ResponseTimeout("00:00:10")]
    Task<Outcome<Done>> RevokeToken(string tokenId);

    /// <summary>
    /// The account, when the token is its own, has not ended, and allows what is needed. Refused with <c>not-signed-in</c>, the same words for a token
    /// that never was, or with <c>token-scope</c>. Waits for nothing that this grain is doing.
    /// </summary>
    [Alias("ProveToken"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<TokenBearer>> ProveToken(TokenProof proof, TokenNeed need);
}

/// <summary>Text form of a <see cref="SessionId"/> as it travels between grains.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionRef")]
public readonly record struct SessionRef([property: Id(0)] string Id)
{
    public static implicit operator SessionRef(SessionId id) => new(id.ToString());

    public SessionId ToSessionId() => SessionId.Parse(Id);
}
