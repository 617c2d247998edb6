using System.Security.Claims;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Auth;

/// <summary>
/// Sign-ins that have streams open in this process. Sessions know accounts, not who has signed in to them: when an administrator lets another identity
/// have one (rule A1), the streams of the first end with this. One question for each sign-in waits at its account, however many streams it has; it is
/// answered to the end when the last of them has gone, so that streams that come and go don't pile up questions.
/// </summary>
internal sealed partial class OpenSignIns(IGrainFactory grains, Accounts accounts, ClusterWatch cluster, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<OpenSignIns> logger)
{
    /// <summary>An account that answers before its time, or not at all, is asked again. That ends nothing: other rights are proved by the sessions.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(string Issuer, string Subject, string Email), Entry> open = [];
    private readonly Lock gate = new();

    /// <summary>For as long as a stream of somebody who is proved is open. Over one of a service token <see cref="TokenWatch"/> watches.</summary>
    public Hold Open(ClaimsPrincipal? principal)
    {
        if (accounts.IdentityOf(principal).Value is not { } identity)
            return new Hold(this, new Entry { Holds = 1 });
        lock (gate)
        {
            if (!open.TryGetValue(KeyOf(identity), out var entry))
            {
                entry = new Entry();
                open.Add(KeyOf(identity), entry);
                _ = WatchAsync(entry, identity);
            }
            entry.Holds++;
            return new Hold(this, entry);
        }
    }

    private async Task WatchAsync(Entry entry, ProvenIdentity identity)
    {
        var user = grains.User(UserId.FromEmail(identity.Email));
        do
        {
            var askedAt = time.GetTimestamp();
            try
            {
                var answer = await GrainCalls.TryAsync(() => cluster.AskAsync(() => user.StaysBound(identity, Limits.FeedWait))).WaitAsync(lifetime.ApplicationStopping);
                entry.Refusal = answer.Refusal is { Code: ProblemCodes.NotSignedIn } refusal ? refusal : null;
            }
            catch (Exception exception) when (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                LogNotAsked(exception, UserId.FromEmail(identity.Email));
            }
            if (entry.Refusal is null && time.GetElapsedTime(askedAt) < Pause)
                await Task.Delay(Pause, time, lifetime.ApplicationStopping);
        }
        while (!IsOver(entry, identity));
        if (entry.Refusal is not null)
            await entry.End();
    }

    /// <summary>From then on a stream of this sign-in is watched anew.</summary>
    private bool IsOver(Entry entry, ProvenIdentity identity)
    {
        lock (gate)
            return (entry.Refusal is not null || entry.Holds == 0) && open.Remove(KeyOf(identity));
    }

    private void Close(Entry entry)
    {
        lock (gate)
            entry.Holds--;
    }

    private static (string Issuer, string Subject, string Email) KeyOf(ProvenIdentity identity) => (identity.Issuer, identity.Subject, identity.Email);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {User} could not be asked whether a sign-in is still its; it is asked again.")]
    private partial void LogNotAsked(Exception exception, UserId user);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source without timer or links holds nothing to dispose.")]
    internal sealed class Entry
    {
        private readonly CancellationTokenSource ended = new();

        public int Holds { get; set; }

        /// <summary>Set before <see cref="Ended"/> is cancelled.</summary>
        public Refusal? Refusal { get; set; }

        public CancellationToken Ended => ended.Token;

        public Task End() => ended.CancelAsync();
    }

    internal sealed class Hold(OpenSignIns owner, Entry entry) : IDisposable
    {
        private bool isClosed;

        /// <summary>Cancelled when the account is not this sign-in's any more.</summary>
        public CancellationToken Ended => entry.Ended;

        /// <summary>What the streams are told then.</summary>
        public Refusal Refusal => entry.Refusal!;

        public void Dispose()
        {
            if (!isClosed)
                owner.Close(entry);
            isClosed = true;
        }
    }
}
