using System.Security.Claims;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Auth;

/// <summary>
/// Ends what goes on under a service token soon after the token has: nothing is shown to, or done for, somebody whose right was not proved within
/// five seconds (rule I6). The end of a sign-in is in its token (<see cref="TokenLife"/>), or at its account (<see cref="OpenSignIns"/>).
/// </summary>
internal sealed class TokenWatch(Accounts accounts, TimeProvider time)
{
    private static readonly TimeSpan ProveEvery = TimeSpan.FromSeconds(2);

    /// <summary>Returns when it has ended what it watches over, or when that is over by itself.</summary>
    /// <param name="end">Cuts the connection, so that whoever comes back is told why.</param>
    public async Task WatchAsync(ClaimsPrincipal? principal, Action end, CancellationToken over)
    {
        if (ServiceToken.Of(principal) is null)
            return;
        var provenAt = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(ProveEvery, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
                return;
            var askedAt = time.GetTimestamp();
            if (await IsProvenAsync(principal) is { } isProven)
            {
                if (!isProven)
                    break;
                provenAt = askedAt;
            }
            else if (time.GetElapsedTime(provenAt) >= Limits.ProofLasts)
            {
                break;
            }
        }
        end();
    }

    /// <summary>Null when nobody can say now.</summary>
    private async Task<bool?> IsProvenAsync(ClaimsPrincipal? principal)
    {
        try
        {
            var outcome = await accounts.Of(principal, TokenNeed.ToBeValid).WaitAsync(Limits.ProofLasts - ProveEvery, time);
            return outcome.Refusal?.Code switch { null => true, ProblemCodes.Unavailable => null, _ => false };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return null;
        }
    }
}
