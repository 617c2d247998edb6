using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// Who watches a session now: a lease for each person, in this activation's memory only, renewed by the reads of the processes that serve
/// them. At most as many people as may read the session.
/// </summary>
internal sealed class Presence(TimeProvider time)
{
    /// <summary>Several reads may fail before somebody who is there seems to have gone.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly Dictionary<UserId, long> renewed = [];
    private readonly long began = time.GetTimestamp();

    public void Renew(UserId reader) => renewed[reader] = time.GetTimestamp();

    /// <summary>Those whose lease has not run out.</summary>
    public IReadOnlyCollection<UserId> Present() => [.. renewed.Where(person => time.GetElapsedTime(person.Value) < Lease).Select(person => person.Key)];

    /// <summary>How much longer nothing may be heard of somebody who watched, before they have left. After a failover everybody has the whole time again.</summary>
    public TimeSpan UntilGone(UserId reader, TimeSpan leftAfter) => leftAfter - time.GetElapsedTime(renewed.GetValueOrDefault(reader, began));

    public void Forget(UserId reader) => renewed.Remove(reader);
}
