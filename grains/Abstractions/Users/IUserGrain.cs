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

    /// <summary>Remembers a computer on which this user's agent runs; again is harmless.</summary>
    [Alias("AddComputer")]
    Task AddComputer(string computer);

    [Alias("ListComputers")]
    Task<string[]> ListComputers();
}

/// <summary>Text form of a <see cref="SessionId"/> as it travels between grains.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionRef")]
public readonly record struct SessionRef([property: Id(0)] string Id)
{
    public static implicit operator SessionRef(SessionId id) => new(id.ToString());

    public SessionId ToSessionId() => SessionId.Parse(Id);
}
