using System.Net;
using System.Runtime.ExceptionServices;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>
/// Sends a request a second time when its answer was lost: the connection broke, nothing came in time, or something between said 502, 503
/// or 504. Invariant: a request that may have arrived goes out again only when that can't act twice. The second answer is final.
/// </summary>
internal sealed class RepeatOnce(Uri server, TimeSpan timeout, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>
    /// Marks a request without a key that changes nothing when what it asks for is so already. Only soon: later, somebody may have changed
    /// it back on purpose, and a Break is meant for now (rule E4).
    /// </summary>
    public static readonly HttpRequestOptionsKey<bool> IsHarmless = new("orleanskd.repeat");

    public static readonly TimeSpan Soon = Limits.ControlSignalLifetime;

    /// <summary>A server that restarts behind a balancer is back, or another one is chosen.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var first = await TryAsync(request, cancellationToken);
        if (!first.IsLost)
            return first.Answer!;
        if (first.MayHaveArrived && !MayRepeat(request, time.GetElapsedTime(start)))
            return Final(request, first, mayHaveArrived: true);
        first.Answer?.Dispose();
        await Task.Delay(Pause, time, cancellationToken);
        var second = await TryAsync(request, cancellationToken);
        if (second.Answer is { } refusal && !second.IsLost && !refusal.IsSuccessStatusCode && first.MayHaveArrived && request.Options.TryGetValue(IsHarmless, out _))
        {
            using (refusal)
            {
                var why = await ServerProblems.ReadAsync(server, refusal, cancellationToken);
                throw new ProblemException(ProblemException.OutcomeUnknown, $"The first answer of {server} was lost, so this may have been done. Asked again, it says: {why.Message}");
            }
        }
        return second.IsLost ? Final(request, second, first.MayHaveArrived || second.MayHaveArrived) : second.Answer!;
    }

    private static bool MayRepeat(HttpRequestMessage request, TimeSpan elapsed) =>
        IsReading(request) || request.Headers.Contains(RequestHeaders.IdempotencyKey) || (request.Options.TryGetValue(IsHarmless, out _) && elapsed < Soon);

    private static bool IsReading(HttpRequestMessage request) => request.Method == HttpMethod.Get;

    /// <summary>What a lost answer means for whoever asked.</summary>
    private HttpResponseMessage Final(HttpRequestMessage request, Attempt last, bool mayHaveArrived)
    {
        // The server itself says that it is not available: its sentence is the best that there is.
        var saysWhy = last.Answer is { StatusCode: HttpStatusCode.ServiceUnavailable };
        if (mayHaveArrived && !saysWhy && !IsReading(request))
        {
            last.Answer?.Dispose();
            throw ServerProblems.Lost(server, last.Problem);
        }
        if (last.Problem is { } problem)
            ExceptionDispatchInfo.Throw(problem);
        return last.Answer!;
    }

    private async Task<Attempt> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await base.SendAsync(request, either.Token);
            // An answer that breaks off is lost, too.
            await answer.Content.LoadIntoBufferAsync(either.Token);
            return new Attempt(answer, null, MayHaveArrived: true);
        }
        catch (HttpRequestException problem)
        {
            answer?.Dispose();
            return new Attempt(null, problem, MayHaveArrived: answer is not null || problem.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError));
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            answer?.Dispose();
            // What is not this limit is that of connecting.
            return new Attempt(null, problem, MayHaveArrived: answer is not null || late.IsCancellationRequested);
        }
    }

    private sealed record Attempt(HttpResponseMessage? Answer, Exception? Problem, bool MayHaveArrived)
    {
        public bool IsLost => Answer is null or { StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout };
    }
}
