using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Sessions;

/// <summary>
/// A transcript as it comes, over one answer: what is durable (rule I3), while the reader's right to it is proved (rule I6; the relay sees to
/// both). One page is on its way at a time, and the next is asked for when the connection has taken it: a slow reader holds up nobody, and one
/// that takes nothing is cut by the server's smallest data rate. Its place among the user's open follows is given back at the end.
/// </summary>
internal sealed class TranscriptFollow(
    SessionId session, Reader reader, long after, OpenFollows.Place place, OpenSignIns.Hold signIn, IGrainFactory grains, SessionRelays relays, TimeProvider time) : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/x-ndjson";

    /// <summary>Proxies end connections that are silent for a minute, some for half of one.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>A relay that ends at once ends again a moment later.</summary>
    private static readonly TimeSpan NextRelayAfter = TimeSpan.FromMilliseconds(200);

    private static readonly FollowEnd Complete = new(FollowEnd.Complete, "The session is terminated, and this was all of its transcript.");
    private static readonly FollowEnd Stopping = new(ProblemCodes.Unavailable, "This server stops. Ask again after the last sequence.");
    private static readonly FollowEnd SignInExpired = new(TokenLife.Over.Code, TokenLife.Over.Message);

    private long position = after;

    // At the beginning, and once an entry says so: then the session is asked.
    private bool mayBeComplete = true;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(TranscriptEntry), [ContentType]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var heldPlace = place;
        using var heldSignIn = signIn;
        var response = httpContext.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        // Proxies that collect answers let this one through.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var expiry = new CancellationTokenSource(TokenLife.Left(httpContext, time), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, expiry.Token);
        try
        {
            await response.StartAsync(ended.Token);
            FollowEnd end;
            try
            {
                end = await CopyAsync(response, ended.Token);
            }
            catch (HubException refused) when (ProblemText.TryParse(refused.Message, out var code, out var detail))
            {
                end = new FollowEnd(code, detail);
            }
            catch (OperationCanceledException) when (!httpContext.RequestAborted.IsCancellationRequested)
            {
                end = SignInExpired;
            }
            Write(response, end);
            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // Nobody reads any more.
        }
    }

    private async Task<FollowEnd> CopyAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        while (true)
        {
            using (var lease = relays.Acquire(session))
            {
                if (lease is null)
                    return Stopping;
                if (await CopyAsync(lease.Relay, response, cancellationToken))
                    return Complete;
            }
            // The session moved to another server, or the relay failed: everything that was written is durable, so it goes on after that.
            await Task.Delay(NextRelayAfter, time, cancellationToken);
        }
    }

    /// <summary>True when there will be no more; false when the relay has ended.</summary>
    private async Task<bool> CopyAsync(SessionRelay relay, HttpResponse response, CancellationToken cancellationToken)
    {
        var viewer = new Viewer(reader, position, durableOnly: true);
        using var watching = signIn.Ended.Register(() => relay.Refuse(viewer, signIn.Refusal));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = relay.FollowAsync(viewer, leaving.Token).GetAsyncEnumerator(leaving.Token);
        var next = Task.FromResult(false);
        try
        {
            while (true)
            {
                next = pages.MoveNextAsync().AsTask();
                if (!next.IsCompleted && await IsCompleteAsync())
                    return true;
                while (!await ArrivesAsync(next))
                {
                    response.BodyWriter.Write("\n"u8);
                    await FlushAsync(response, cancellationToken);
                    if (await IsCompleteAsync())
                        return true;
                }
                if (!await next)
                    return false;
                await WriteAsync(response, pages.Current, cancellationToken);
                viewer.Acknowledge(position);
            }
        }
        finally
        {
            // An enumerator can't be left while it moves.
            await leaving.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pages.DisposeAsync();
        }
    }

    private async Task<bool> ArrivesAsync(Task<bool> next)
    {
        try
        {
            await next.WaitAsync(Heartbeat, time);
            return true;
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            return false;
        }
    }

    /// <summary>What comes after the debugger's end is nothing that a program waits for.</summary>
    private async Task<bool> IsCompleteAsync()
    {
        if (!mayBeComplete)
            return false;
        var asked = await GrainCalls.TryAsync(() => grains.Session(session).View(reader.User));
        // When it is refused, the relay says why.
        if (asked.Value is not { } view)
            return false;
        mayBeComplete = view is { State: SessionState.Terminated, Debugger: DebuggerState.Exited };
        return mayBeComplete && position >= view.DurableThrough;
    }

    private async Task WriteAsync(HttpResponse response, TranscriptPage page, CancellationToken cancellationToken)
    {
        if (page.Entries.Length == 0)
            return;
        foreach (var entry in page.Entries)
        {
            Write(response, entry);
            mayBeComplete |= entry.Kind is TranscriptEntryKind.SessionTerminated or TranscriptEntryKind.RunExited;
        }
        await FlushAsync(response, cancellationToken);
        position = page.Entries[^1].Sequence;
    }

    private static void Write<T>(HttpResponse response, T item)
    {
        using (var json = new Utf8JsonWriter(response.BodyWriter))
            JsonSerializer.Serialize(json, item, WireJson.Options);
        response.BodyWriter.Write("\n"u8);
    }

    /// <summary>Waits for a connection that is slower than the session.</summary>
    private static async Task FlushAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        if ((await response.BodyWriter.FlushAsync(cancellationToken)).IsCompleted)
            throw new OperationCanceledException("The reader has gone.");
    }
}
